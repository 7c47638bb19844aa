//! Lays the files of an archive into a folder, and no more than an archive may hold.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use zip::read::ZipFile;

use crate::state::lambda::configuration::Code;
use crate::wire::archive::{self, UNPACKED_BYTES_MAX};

use super::workshop::{Workshop, own_folder};

/// The folder in the workshop that code is unpacked into.
pub(super) const CODE: &str = "code";

/// Unpacks the code once; a function that is started again finds it there.
pub(super) fn unpack(code: &Code, workshop: &Workshop) -> io::Result<PathBuf> {
    let _turn = workshop
        .unpacking
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    // Base64 has a slash, which no file name has.
    let folder = workshop
        .path()
        .join(CODE)
        .join(code.sha256.replace('/', "_"));
    if folder.exists() {
        return Ok(folder);
    }
    let unfinished = folder.with_extension("unfinished");
    let laid = lay(&code.archive, &unfinished, UNPACKED_BYTES_MAX);
    if let Err(error) = laid {
        // Nothing of it is used; what cannot be removed goes with the workshop.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(error);
    }
    fs::rename(&unfinished, &folder)?;
    Ok(folder)
}

/// Lays the files of a deployment archive into a folder, as far as Lambda would take it.
///
/// # Errors
/// It is no such archive, or cannot be written.
pub fn unpack_into(archive: &[u8], folder: &Path) -> io::Result<()> {
    lay(archive, folder, UNPACKED_BYTES_MAX)
}

fn lay(archive: &[u8], folder: &Path, bytes_max: u64) -> io::Result<()> {
    let broken = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, error.to_string())
    };
    own_folder(folder)?;
    let mut folders = BTreeSet::from([folder.to_owned()]);
    let mut opened = archive::open(archive).map_err(|error| broken(&error))?;
    let mut room = bytes_max;
    for at in 0..opened.len() {
        let mut entry = opened.by_index(at).map_err(|error| broken(&error))?;
        archive::check_entry(&entry).map_err(|error| broken(&error))?;
        let name = entry
            .enclosed_name()
            .ok_or_else(|| broken(&"a path that leads out"))?;
        let path = folder.join(name);
        let of_file = path.parent().filter(|_| !entry.is_dir());
        let parent = of_file.unwrap_or(&path);
        own_folder(parent)?;
        let above = parent.ancestors().take_while(|above| *above != folder);
        folders.extend(above.map(Path::to_owned));
        if !entry.is_dir() {
            room -= lay_file(&mut entry, &path, room)?;
        }
    }
    folders.iter().try_for_each(|folder| make_read_only(folder))
}

/// Writes a file, at most `room` bytes of it, whatever the archive says of its length.
fn lay_file<R: Read>(entry: &mut ZipFile<'_, R>, path: &Path, room: u64) -> io::Result<u64> {
    let mode = entry.unix_mode();
    let mut file = File::create(path)?;
    let written = io::copy(&mut entry.by_ref().take(room + 1), &mut file)?;
    if written > room {
        let text = "the archive holds more than it says";
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    set_mode(&file, mode)?;
    Ok(written)
}

/// Of what the archive says of a file only counts whether it is run. As on Lambda nobody writes to
/// it any more; nobody else reads it, and nobody becomes another user by it.
#[cfg(unix)]
fn set_mode(file: &File, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let is_run = mode.is_some_and(|mode| mode & 0o111 != 0);
    let mode = if is_run { 0o500 } else { 0o400 };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
fn make_read_only(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o500))
}

#[cfg(not(unix))]
fn make_read_only(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: Option<u32>) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, usize)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, length) in files {
            let options = SimpleFileOptions::default().unix_permissions(0o4755);
            writer.start_file(*name, options).unwrap();
            writer.write_all(&vec![b'x'; *length]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_laid_with_their_rights_and_folders_come_to_be() {
        let folder = tempfile::tempdir().unwrap();
        lay(
            &archive(&[("bootstrap", 3), ("a/b/c.py", 2)]),
            folder.path(),
            5,
        )
        .unwrap();
        assert_eq!(fs::read(folder.path().join("a/b/c.py")).unwrap(), b"xx");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for (path, expected) in [("bootstrap", 0o500), ("a", 0o500), ("a/b", 0o500)] {
                let mode = fs::metadata(folder.path().join(path))
                    .unwrap()
                    .permissions();
                assert_eq!(mode.mode() & 0o7777, expected, "{path}: without setuid");
            }
            for path in ["", "a", "a/b"] {
                let mode = fs::Permissions::from_mode(0o700);
                fs::set_permissions(folder.path().join(path), mode).unwrap();
            }
        }
    }

    #[test]
    fn bytes_are_counted_and_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let error = lay(&archive(&[("a", 3), ("b", 3)]), folder.path(), 5).unwrap_err();
        assert!(error.to_string().contains("more than it says"));
    }
}
