//! The folder in which functions are unpacked and run: one for the process, gone with its last
//! user. What a killed server left behind is cleared away at the next start.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use super::orphans;

/// What the folders' names begin with.
const PREFIX: &str = "keywheel-functions-";

/// The file that a living process holds a lock on.
const LOCK: &str = "lock";

/// The bootstraps for interpreters whose runtime client is not installed.
const BOOTSTRAPS: [(&str, &str); 3] = [
    ("bootstrap.py", include_str!("bootstrap/bootstrap.py")),
    ("bootstrap.mjs", include_str!("bootstrap/bootstrap.mjs")),
    ("packages.mjs", include_str!("bootstrap/packages.mjs")),
];

/// The folder, and the lock that says that it is in use.
#[derive(Debug)]
pub(super) struct Workshop {
    folder: TempDir,
    _lock: File,
    benches: AtomicU64,
    /// Held while an archive is unpacked.
    pub(super) unpacking: Mutex<()>,
}

static IN_USE: Mutex<Weak<Workshop>> = Mutex::new(Weak::new());

impl Workshop {
    /// The folder of this process; it comes to be when it is first asked for.
    pub(super) fn open() -> io::Result<Arc<Self>> {
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(workshop) = in_use.upgrade() {
            return Ok(workshop);
        }
        let workshop = Arc::new(Self::create()?);
        *in_use = Arc::downgrade(&workshop);
        Ok(workshop)
    }

    fn create() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        for (name, text) in BOOTSTRAPS {
            fs::write(folder.path().join(name), text)?;
        }
        Ok(Self {
            folder,
            _lock: lock,
            benches: AtomicU64::new(0),
            unpacking: Mutex::new(()),
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A new folder of a process's own, which is its mark as well.
    pub(super) fn bench(&self) -> io::Result<PathBuf> {
        let number = self.benches.fetch_add(1, Ordering::Relaxed);
        let path = self.path().join(format!("run/{number}"));
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        orphans::kill_marked(self.path());
    }
}

/// Ends the processes and removes the folders of servers that were killed. Returns how many there
/// were.
pub(crate) fn clear_leftovers() -> usize {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return 0;
    };
    let folders = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        entry
            .file_name()
            .to_str()?
            .starts_with(PREFIX)
            .then(|| entry.path())
    });
    folders.filter(|folder| clear(folder)).count()
}

/// Clears a folder whose lock nobody holds. Folders of other users cannot be opened for it.
fn clear(folder: &Path) -> bool {
    let lock = File::options().write(true).open(folder.join(LOCK));
    let Ok(lock) = lock else { return false };
    if lock.try_lock().is_err() {
        return false;
    }
    orphans::kill_marked(folder);
    fs::remove_dir_all(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_cleared_when_its_owner_is_gone() {
        let workshop = Workshop::create().unwrap();
        let path = workshop.path().to_owned();
        assert!(!clear(&path), "it is in use");
        assert!(path.join("bootstrap.py").exists());
        // As if the process had been killed: the lock goes, the folder stays.
        let abandoned = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        let abandoned = abandoned.keep();
        fs::write(abandoned.join(LOCK), "").unwrap();
        assert!(clear(&abandoned) && !abandoned.exists());
        drop(workshop);
        assert!(!path.exists());
    }
}
