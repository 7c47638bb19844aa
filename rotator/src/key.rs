//! Key material: the one type that may hold an AppSync API key.
//!
//! The id of an AppSync API key is the credential itself (recorded, 2019-2026: the `id` of
//! CreateApiKey is what goes into `x-api-key`), so a key never has `Debug` or `Display`.

use crate::marker::Marker;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "da2-";
const TAIL_LENGTH: usize = 26;

/// An AppSync API key; its text is erased from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<String>);

impl Key {
    /// The key in `text`, if `text` has the shape of one: `da2-` and 26 of `a-z0-9`.
    pub fn parse(text: &str) -> Option<Self> {
        is_key_shaped(text).then(|| Self::listed(text))
    }

    /// A key that AppSync listed, taken as it is: only AppSync decides what is a key.
    pub fn listed(id: &str) -> Self {
        Self(Zeroizing::new(id.to_owned()))
    }

    /// The credential in clear, for a request or a secret value and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A short name for this key that may be logged: it cannot be turned back into the key.
    pub fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(self.0.as_bytes());
        Fingerprint([digest[0], digest[1], digest[2], digest[3]])
    }
}

/// A key as listed. It has no `Debug`: its id is the credential.
#[derive(Clone)]
pub(crate) struct ListedKey {
    pub(crate) key: Key,
    /// The marker, if it is this secret's; without one the key is foreign and never touched.
    pub(crate) marker: Option<Marker>,
    /// Unix seconds.
    pub(crate) expires: i64,
}

/// The first 8 hexadecimal digits of the SHA-256 of a key: tells keys apart in logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 4]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Whether `text` is exactly one key: `^da2-[a-z0-9]{26}$`.
pub fn is_key_shaped(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|tail| tail.len() == TAIL_LENGTH && tail.bytes().all(is_key_byte))
}

/// The length in bytes of the key at the start of `text`, if there is one.
pub fn leading_key(text: &[u8]) -> Option<usize> {
    let tail = text.strip_prefix(PREFIX.as_bytes())?;
    let long_enough = tail.len() >= TAIL_LENGTH;
    (long_enough && tail[..TAIL_LENGTH].iter().copied().all(is_key_byte))
        .then_some(PREFIX.len() + TAIL_LENGTH)
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "da2-abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn only_the_published_shape_is_a_key() {
        assert!(is_key_shaped(KEY));
        for not_a_key in [
            "",
            "CHANGE_ME",
            "da2-abc",
            &KEY.to_uppercase(),
            "da2-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "da2-abcdefghijklm-opqrstuvwxyz",
            &format!("{KEY}a"),
        ] {
            assert!(!is_key_shaped(not_a_key), "{not_a_key}");
        }
    }

    #[test]
    fn a_fingerprint_is_eight_hex_digits_and_not_the_key() {
        let print = Key::listed(KEY).fingerprint().to_string();
        assert_eq!(print.len(), 8);
        assert!(!KEY.contains(&print));
    }
}
