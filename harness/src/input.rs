//! Files that people give: read whole, up to a length, and only if they are files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The longest file of rules, settings or reports, in bytes.
pub const LONGEST: usize = 64 << 20;

/// The bytes of a file.
///
/// # Errors
/// It cannot be read, it is longer than `limit` bytes, or it is a device, a pipe or a socket: such
/// might never begin or never end.
pub fn bytes(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    if !path.metadata()?.is_file() {
        let kind = io::ErrorKind::InvalidInput;
        return Err(io::Error::new(kind, "it is no file"));
    }
    let (mut bytes, most) = (Vec::new(), u64::try_from(limit).unwrap_or(u64::MAX));
    let file = File::open(path)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let text = format!("it is longer than {}", shown(limit));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

fn shown(bytes: usize) -> String {
    match (bytes >> 20, bytes % (1 << 20)) {
        (0, _) | (_, 1..) => format!("{bytes} bytes"),
        (mib, 0) => format!("{mib} MiB"),
    }
}

/// The text of a file.
///
/// # Errors
/// As of [`bytes`], and it is not UTF-8.
pub fn text(path: &Path, limit: usize) -> io::Result<String> {
    String::from_utf8(bytes(path, limit)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = format!("byte {at} is not UTF-8");
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read_and_no_more_of_them_than_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(text(&path, 3).unwrap(), "abc");
        assert_eq!(
            text(&path, 2).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        std::fs::write(&path, b"a\xff").unwrap();
        assert_eq!(
            text(&path, 3).unwrap_err().to_string(),
            "byte 1 is not UTF-8"
        );
        for other in [folder.path(), Path::new("/dev/zero")] {
            assert_eq!(bytes(other, 3).unwrap_err().to_string(), "it is no file");
        }
    }
}
