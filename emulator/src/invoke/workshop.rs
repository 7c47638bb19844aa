//! The folder in which functions are unpacked and run: one for the process, gone with its last
//! user. What a killed server left behind is cleared away at the next start.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use super::unpack::CODE;

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
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.prefix(PREFIX).tempdir_in(parent())?;
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
        if IS_ENDING.load(Ordering::Relaxed) {
            return Err(io::Error::other("this process is about to end"));
        }
        let number = self.benches.fetch_add(1, Ordering::Relaxed);
        let path = self.path().join(format!("run/{number}"));
        own_folder(&path)?;
        Ok(path)
    }

    /// Where a process with this bench may write: there, in `/tmp` as on Lambda unless the code
    /// lies below it, and to the devices that keep nothing.
    pub(super) fn writable(&self, bench: &Path) -> Vec<PathBuf> {
        let shared = Some(Path::new(SHARED)).filter(|shared| !self.path().starts_with(shared));
        let devices = DEVICES.into_iter().map(Path::new);
        let all = devices.chain(shared).chain([bench]);
        all.map(Path::to_owned).collect()
    }
}

/// What functions that were written for Lambda write to by name.
const SHARED: &str = "/tmp";

/// A folder for temporary files that functions do not write to.
const APART: &str = "/var/tmp";

const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random"];

/// Where folders are made: code must not lie where every function may write.
fn parent() -> PathBuf {
    let usual = std::env::temp_dir();
    if usual != Path::new(SHARED) {
        return usual;
    }
    let apart = fs::canonicalize(APART).ok();
    apart
        .filter(|apart| !apart.starts_with(SHARED))
        .unwrap_or(usual)
}

/// Makes a folder, and those above it, that nobody else can look into.
pub(super) fn own_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

impl Drop for Workshop {
    fn drop(&mut self) {
        orphans::kill_marked(self.path());
        make_removable(&self.path().join(CODE));
    }
}

/// Lets the files below a folder be removed: code is read-only.
fn make_removable(folder: &Path) {
    // What cannot be changed cannot be removed, which is told then.
    let _ = set_writable(folder);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|it| it.is_dir());
    for entry in entries.flatten().filter(is_folder) {
        make_removable(&entry.path());
    }
}

#[cfg(unix)]
fn set_writable(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
}

#[cfg(not(unix))]
fn set_writable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Set when no more processes are to be started.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Ends every process that functions run in here, and removes their folder: for a process that is
/// about to end without dropping what it holds. No more are started.
pub fn end_all() {
    IS_ENDING.store(true, Ordering::Relaxed);
    let in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(workshop) = in_use.upgrade() {
        orphans::kill_marked(workshop.path());
        make_removable(&workshop.path().join(CODE));
        // What cannot be removed is cleared by the next command.
        let _ = fs::remove_dir_all(workshop.path());
    }
}

/// Ends the processes and removes the folders of commands that were killed. Returns how many there
/// were.
pub fn clear_leftovers() -> usize {
    let Ok(entries) = fs::read_dir(parent()) else {
        return 0;
    };
    let folders = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let is_folder = entry.file_type().ok()?.is_dir();
        let is_ours = entry.file_name().to_str()?.starts_with(PREFIX);
        (is_folder && is_ours).then(|| entry.path())
    });
    folders.filter(|folder| clear(folder)).count()
}

/// Clears a folder whose lock nobody holds. Folders of other users cannot be opened for it.
fn clear(folder: &Path) -> bool {
    let lock = open_lock(&folder.join(LOCK));
    let Ok(lock) = lock else { return false };
    if lock.try_lock().is_err() {
        return false;
    }
    orphans::kill_marked(folder);
    make_removable(&folder.join(CODE));
    fs::remove_dir_all(folder).is_ok()
}

/// Opens a lock that is a plain file. In a folder that anybody writes to, it may be a link to
/// elsewhere, or a pipe that nobody ever opens at its other end.
fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, unmoved());
    let lock = options.write(true).open(path)?;
    if !lock.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(lock)
}

/// Neither following a link nor waiting.
#[cfg(unix)]
fn unmoved() -> i32 {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    flags.bits().cast_signed()
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

    #[cfg(unix)]
    #[test]
    fn a_lock_that_is_no_file_is_left_alone_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join(LOCK);
        let made = std::process::Command::new("mkfifo").arg(&lock).status();
        assert!(made.unwrap().success());
        assert!(!clear(folder.path()));
        fs::remove_file(&lock).unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &lock).unwrap();
        assert!(!clear(folder.path()) && elsewhere.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_looks_into_a_folder() {
        use std::os::unix::fs::PermissionsExt;
        let workshop = Workshop::create().unwrap();
        let bench = workshop.bench().unwrap();
        for path in [workshop.path(), bench.parent().unwrap(), &*bench] {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", path.display());
        }
    }

    #[test]
    fn code_does_not_lie_where_functions_write() {
        let workshop = Workshop::create().unwrap();
        let bench = workshop.bench().unwrap();
        let code = workshop.path().join(CODE);
        let writable = workshop.writable(&bench);
        assert!(writable.contains(&bench));
        assert!(writable.iter().all(|folder| !code.starts_with(folder)));
    }
}
