//! Files that are written whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file beside its place and moves it there, so that a reader never sees half of it and a
/// full disk leaves the one before. The folder need not be there yet.
///
/// # Errors
/// What the system says.
pub fn put(path: &Path, text: &str) -> io::Result<()> {
    if path
        .metadata()
        .is_ok_and(|it| !it.is_file() && !it.is_dir())
    {
        // A device or a pipe stays what it is.
        return std::fs::write(path, text);
    }
    let mut beside = beside(path)?;
    beside.write_all(text.as_bytes())?;
    set_mode(path, &beside)?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Finds out whether files can be written to a folder, which comes to be.
///
/// # Errors
/// What the system says.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    beside(&folder.join("file")).map(drop)
}

/// Finds out whether a file can be written, and leaves what is there as it is.
///
/// # Errors
/// What the system says.
pub fn check(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if path.exists() && !path.is_file() {
        return Ok(());
    }
    beside(path).map(drop)
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    tempfile::Builder::new()
        .prefix(".keywheel-")
        .tempfile_in(folder)
}

/// As any program would have made it, and not as a temporary file, which nobody else may read.
#[cfg(unix)]
fn set_mode(path: &Path, file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let former = path.metadata().map(|it| it.permissions());
    let mode = former.unwrap_or_else(|_| std::fs::Permissions::from_mode(0o644));
    file.as_file().set_permissions(mode)
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _file: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/report.json");
        put(&path, "one").unwrap();
        put(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        let there = std::fs::read_dir(folder.path().join("new")).unwrap();
        assert_eq!(there.count(), 1);
        assert!(put(&path.join("below"), "three").is_err());
        check(&path).unwrap();
        check(&folder.path().join("other/report.json")).unwrap();
        assert!(check(&path.join("below")).is_err());
        assert!(check(folder.path()).is_err());
        check_folder(&folder.path().join("findings")).unwrap();
        assert!(check_folder(&path).is_err());
    }
}
