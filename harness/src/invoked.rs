//! The words that run this program again: what a report tells can be pasted as it is.

use std::ffi::OsString;

/// The program, as a shell was told it: `keywheel` where it lies on PATH, its path where it was run
/// by that, which is what `cargo run` does too.
#[must_use]
pub fn program() -> String {
    called(std::env::args_os().next())
}

fn called(first: Option<OsString>) -> String {
    match first {
        Some(path) if !path.is_empty() => quoted(&path.to_string_lossy()),
        _ => "keywheel".to_owned(),
    }
}

/// A word of a command line, in quotes where a shell would not take it for one word.
#[must_use]
pub fn quoted(word: &str) -> String {
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Does a shell take it for itself?
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b":/._-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_run_again_as_it_was_run() {
        assert_eq!(called(Some("keywheel".into())), "keywheel");
        assert_eq!(
            called(Some("target/release/keywheel".into())),
            "target/release/keywheel"
        );
        assert_eq!(
            called(Some("/my tools/keywheel".into())),
            "'/my tools/keywheel'"
        );
        assert_eq!(called(None), "keywheel");
    }
}
