//! ZIP archives with a function's code: what is in them, before anything is unpacked.

use std::io::Cursor;

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::state::lambda::error::LambdaError;

/// How much an archive may hold once it is unpacked, in bytes: 250 MiB [D].
pub const UNPACKED_BYTES_MAX: u64 = 262_144_000;

/// How many files and folders are unpacked [ours].
const ENTRIES_MAX: usize = 65_535;

/// Opens an archive.
///
/// # Errors
/// It is none, or it is empty.
pub fn open(archive: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, LambdaError> {
    if archive.is_empty() {
        return Err(LambdaError::CodeEmpty);
    }
    let opened = ZipArchive::new(Cursor::new(archive));
    let opened = opened.map_err(|_| LambdaError::CodeUnreadable)?;
    if opened.is_empty() {
        return Err(LambdaError::CodeEmpty);
    }
    Ok(opened)
}

/// Checks everything that an archive says of itself. Sizes can lie, so that whoever unpacks counts
/// once more.
///
/// # Errors
/// It cannot be read, it would be too large, or it holds what must not be unpacked.
pub fn check(archive: &[u8]) -> Result<(), LambdaError> {
    let mut opened = open(archive)?;
    if opened.len() > ENTRIES_MAX {
        let what = format!("{} files, more than {ENTRIES_MAX}", opened.len());
        return Err(LambdaError::CodeRefused(what));
    }
    let mut total: u64 = 0;
    for at in 0..opened.len() {
        let entry = opened.by_index_raw(at);
        let entry = entry.map_err(|_| LambdaError::CodeUnreadable)?;
        check_entry(&entry)?;
        total = total.saturating_add(entry.size());
        if total > UNPACKED_BYTES_MAX {
            return Err(LambdaError::CodeTooLarge);
        }
    }
    Ok(())
}

/// Checks one file or folder.
///
/// # Errors
/// It would be laid elsewhere, it is a link, or it is encrypted.
pub fn check_entry<R: std::io::Read>(entry: &ZipFile<'_, R>) -> Result<(), LambdaError> {
    let name = entry.name().map_err(|_| LambdaError::CodeUnreadable)?;
    let refused = |what: &str| Err(LambdaError::CodeRefused(format!("{what}: {name:?}")));
    if entry.enclosed_name().is_none() || name.contains('\\') || name.starts_with('/') {
        return refused("a path that leads out of its folder");
    }
    if entry.is_symlink() {
        return refused("a symbolic link, which is not unpacked here");
    }
    if entry.encrypted() {
        return refused("an encrypted file");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(fill: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        fill(&mut writer);
        writer.finish().unwrap().into_inner()
    }

    fn with_file(name: &str, content: &[u8]) -> Vec<u8> {
        archive(|writer| {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        })
    }

    fn refusal(archive: &[u8]) -> String {
        match check(archive) {
            Err(LambdaError::CodeRefused(what)) => what,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn files_and_folders_are_taken() {
        assert_eq!(check(&with_file("a/b/index.py", b"x = 1")), Ok(()));
    }

    #[test]
    fn what_is_no_archive_is_told() {
        assert_eq!(check(b""), Err(LambdaError::CodeEmpty));
        assert_eq!(check(b"no archive"), Err(LambdaError::CodeUnreadable));
        let whole = with_file("a", b"text");
        assert_eq!(
            check(&whole[..whole.len() / 2]),
            Err(LambdaError::CodeUnreadable)
        );
        assert_eq!(check(&archive(|_| ())), Err(LambdaError::CodeEmpty));
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for name in ["../evil", "a/../../evil", "/etc/passwd", "..\\evil"] {
            assert!(
                refusal(&with_file(name, b"")).contains("leads out"),
                "{name}"
            );
        }
    }

    #[test]
    fn links_are_refused() {
        let link = archive(|writer| {
            let options = SimpleFileOptions::default();
            writer.add_symlink("link", "/etc/passwd", options).unwrap();
        });
        assert!(refusal(&link).contains("symbolic link"));
    }

    #[test]
    fn a_bomb_is_seen_by_what_it_says_of_itself() {
        let bomb = archive(|writer| {
            writer
                .start_file("zeros", SimpleFileOptions::default())
                .unwrap();
            let zeros = vec![0; 1 << 20];
            for _ in 0..251 {
                writer.write_all(&zeros).unwrap();
            }
        });
        assert!(bomb.len() < 1 << 20, "it is small while it is packed");
        assert_eq!(check(&bomb), Err(LambdaError::CodeTooLarge));
    }
}
