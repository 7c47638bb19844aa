//! The last line of defence: text that is about to leave the process loses every key in it.
//!
//! Nothing in this crate hands a key to a log line or an error; this catches what a dependency
//! might, such as AppSync's `API key not found: <the key>` (recorded).

use crate::key::leading_key;
use std::borrow::Cow;
use std::io::{self, Write};

const MASK: &str = "da2-**redacted**";

/// `text` with every key-shaped run replaced by a mask.
pub fn scrub(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find("da2-") {
        let start = at + found;
        match leading_key(&text.as_bytes()[start..]) {
            Some(length) => {
                clean.push_str(&text[copied..start]);
                clean.push_str(MASK);
                at = start + length;
                copied = at;
            }
            None => at = start + 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[copied..]);
    Cow::Owned(clean)
}

/// A writer that scrubs what passes through it, one `write` call at a time.
///
/// A log subscriber hands over one whole line per call, so a key never straddles two calls.
#[derive(Debug)]
pub struct RedactingWriter<W>(
    /// Where the scrubbed text goes.
    pub W,
);

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(buffer);
        self.0.write_all(scrub(&text).as_bytes())?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "da2-abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn every_key_in_a_line_is_masked() {
        let line = format!("not found: {KEY}, {KEY}{KEY} da2-short da2-");
        let clean = scrub(&line);
        assert!(!clean.contains(KEY));
        assert!(clean.ends_with(" da2-short da2-"));
    }

    #[test]
    fn the_writer_reports_the_bytes_it_was_given() {
        let mut writer = RedactingWriter(Vec::new());
        assert_eq!(writer.write(KEY.as_bytes()).unwrap(), KEY.len());
        assert_eq!(writer.0, MASK.as_bytes());
    }

    proptest! {
        #[test]
        fn no_surrounding_text_saves_a_key(before in ".{0,20}", after in ".{0,20}") {
            let line = format!("{before}{KEY}{after}");
            prop_assert!(!scrub(&line).contains(KEY));
        }

        #[test]
        fn text_without_keys_is_unchanged(text in "[^d]{0,40}") {
            prop_assert_eq!(scrub(&text), text.as_str());
        }
    }
}
