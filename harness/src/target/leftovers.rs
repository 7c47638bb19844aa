//! Folders of servers, and what runs that did not end well have left of them.
//!
//! Whoever owns a folder holds a lock on a file in it, which the system takes back however the owner
//! ends. A folder without an owner is cleared by the next run, its server first.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How all folders are called.
const PREFIX: &str = "keywheel-target-";
/// The file that the owner has locked, and the one with the number of the server's process.
const OWNER: &str = "owner";
const SERVER: &str = "server";

/// A folder for a server. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _owner: File,
}

impl Folder {
    /// A new folder that only this user can read.
    pub(super) fn make() -> io::Result<Self> {
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir()?.keep();
        let owner = File::create(path.join(OWNER))?;
        owner.lock()?;
        Ok(Self {
            path,
            _owner: owner,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes which process is to end if nobody else ends it.
    pub(super) fn note_server(&self, id: u32) -> io::Result<()> {
        fs::write(self.path.join(SERVER), id.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is a leftover for the next run.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Ends and removes what is left of runs that have ended.
pub(super) fn clear() {
    let entries = fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for entry in ours {
        clear_one(&entry.path());
    }
}

fn clear_one(folder: &Path) {
    let Ok(owner) = File::open(folder.join(OWNER)) else {
        return;
    };
    if owner.try_lock().is_err() {
        return;
    }
    let noted = fs::read_to_string(folder.join(SERVER)).unwrap_or_default();
    if let Some(id) = noted.parse().ok().and_then(Pid::from_raw) {
        end(id, folder);
    }
    // Somebody else may clear it at the same time.
    let _ = fs::remove_dir_all(folder);
}

/// How long a server gets to end by itself.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(10);

/// Ends a server that works in this folder; another process that has got its number is left alone.
fn end(id: Pid, folder: &Path) {
    let mut waited = Duration::ZERO;
    for signal in [Signal::QUIT, Signal::KILL] {
        if !works_in(id, folder) || kill_process(id, signal).is_err() {
            return;
        }
        while works_in(id, folder) && waited < PATIENCE {
            std::thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }
}

/// Does the command line of a process name the folder?
fn works_in(id: Pid, folder: &Path) -> bool {
    let id = id.as_raw_nonzero();
    let line = fs::read(format!("/proc/{id}/cmdline")).or_else(|_| {
        let mut list = std::process::Command::new("ps");
        list.args(["-o", "command=", "-p"]).arg(id.to_string());
        list.output().map(|output| output.stdout)
    });
    let folder = folder.as_os_str().as_encoded_bytes();
    line.is_ok_and(|line| memchr::memmem::find(&line, folder).is_some())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_dead_owner_has_left_is_ended_and_removed_and_nothing_else() {
        let (left, mine) = (Folder::make().unwrap(), Folder::make().unwrap());
        let serve = |folder: &Folder| {
            let script = format!("sleep 20; : {}", folder.path().display());
            let child = Command::new("sh").args(["-c", &script]).spawn().unwrap();
            folder.note_server(child.id()).unwrap();
            child
        };
        let (mut orphan, mut own) = (serve(&left), serve(&mine));
        // The owner dies: its lock goes, and nothing is removed.
        let path = left.path().to_owned();
        left._owner.unlock().unwrap();
        std::mem::forget(left);
        // The test is the parent of the orphan, which must be waited for or stays a zombie.
        let waiter = std::thread::spawn(move || orphan.wait().unwrap());
        clear();
        assert!(!waiter.join().unwrap().success());
        assert!(!path.exists() && mine.path().exists());
        assert!(own.try_wait().unwrap().is_none());
        own.kill().unwrap();
        own.wait().unwrap();
    }
}
