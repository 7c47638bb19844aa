//! A server of our own: a process in a folder of its own, under a user without rights where we have
//! them all, since no database server runs as root. It ends with this, and with this process however
//! that ends: a shell beside it waits for the end of a pipe.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Unavailable;
use super::leftovers::Folder;

/// A folder and the user that a server in it runs as.
#[derive(Debug)]
pub(super) struct Place {
    folder: Folder,
    user: Option<(u32, u32)>,
}

/// A server that runs. Dropping it ends it and removes its folder.
#[derive(Debug)]
pub(super) struct Daemon {
    child: Child,
    place: Place,
}

/// Where a server and its tools write.
const LOG: &str = "log";

/// Becomes the server (`$@`), with a watcher beside it. When nobody holds the other end of its input
/// any more, the watcher ends the server, unless its number has become that of another process, and
/// removes the folder (`$0`).
const GUARDED: &str = r#"
exec 3<&0
(
  read -r _ <&3
  serves() { { tr '\0' ' ' < /proc/$$/cmdline || ps -o args= -p $$; } 2> /dev/null | grep -qF "$0"; }
  serves && kill -QUIT $$
  left=300
  while serves && [ $left -gt 0 ]; do left=$((left - 1)); sleep 0.01; done
  serves && kill -KILL $$
  rm -rf "$0"
) > /dev/null 2>&1 &
exec "$@" < /dev/null 3<&-
"#;

impl Place {
    /// A new folder, for one of these users if we are root.
    pub(super) fn make(users: &[&str]) -> io::Result<Self> {
        let folder = Folder::make()?;
        let user = match rustix::process::geteuid().is_root() {
            true => Some(unprivileged(users)?),
            false => None,
        };
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid))?;
        }
        Ok(Self { folder, user })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file that the server can read and nobody else.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, text)?;
        if let Some((uid, gid)) = self.user {
            std::os::unix::fs::chown(&path, Some(uid), Some(gid))?;
        }
        Ok(path)
    }

    /// Runs a tool to its end.
    pub(super) fn run(&self, program: &Path, arguments: &[&OsStr]) -> Result<(), Unavailable> {
        let name = program.display();
        let ended = self
            .command(program)
            .and_then(|mut it| it.args(arguments).status());
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Unavailable::new(format!(
                "{name}: {status}{}",
                self.last_words()
            ))),
            Err(error) => Err(Unavailable::new(format!("{name} cannot be run: {error}"))),
        }
    }

    fn command(&self, program: &Path) -> io::Result<Command> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path().join(LOG))?;
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        Ok(command)
    }

    /// The end of what has been written there, for messages.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read(self.path().join(LOG)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        lines
            .into_iter()
            .rev()
            .map(|line| format!("\n  {line}"))
            .collect()
    }

    /// Starts a server that stays.
    pub(super) fn start(self, program: &Path, arguments: &[&OsStr]) -> Result<Daemon, Unavailable> {
        let name = program.display();
        let cannot = |error: io::Error| Unavailable::new(format!("{name} cannot start: {error}"));
        let mut command = self.command(Path::new("sh")).map_err(cannot)?;
        command.args([OsStr::new("-c"), OsStr::new(GUARDED)]);
        command.arg(self.path()).arg(program).args(arguments);
        // Ctrl-C is ours, not its.
        command.stdin(Stdio::piped()).process_group(0);
        let child = command.spawn().map_err(cannot)?;
        self.folder.note_server(child.id()).map_err(cannot)?;
        Ok(Daemon { child, place: self })
    }
}

impl Daemon {
    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    /// How it has ended, if it has, with its last words.
    pub(super) fn end(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(format!("{status}{}", self.place.last_words()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // The watcher ends it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The first of these users that the machine has, with its group.
fn unprivileged(users: &[&str]) -> io::Result<(u32, u32)> {
    let known = fs::read_to_string("/etc/passwd")?;
    let find = |user: &&str| known.lines().find_map(|line| ids_of(line, user));
    let found = users.iter().find_map(find);
    found.ok_or_else(|| {
        let users = users.join(", ");
        io::Error::other(format!(
            "a database does not run as root, and there is none of: {users}"
        ))
    })
}

/// The numbers in a line of the list of users, if it is this user's.
fn ids_of(line: &str, user: &str) -> Option<(u32, u32)> {
    let mut fields = line.split(':');
    if fields.next()? != user {
        return None;
    }
    let (uid, gid) = (fields.nth(1)?, fields.next()?);
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name() {
        assert_eq!(
            ids_of("postgres:x:101:104:admin:/var:/bin/sh", "postgres"),
            Some((101, 104))
        );
        assert_eq!(ids_of("postgres2:x:101:104::", "postgres"), None);
        assert_eq!(ids_of("postgres:x", "postgres"), None);
    }
}
