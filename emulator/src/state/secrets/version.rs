//! A version of a secret: when it was made and what it holds, if anything.

use std::fmt;
use std::sync::Arc;

use crate::time::Timestamp;

/// What a version holds: a text or bytes, never both [R].
///
/// `Debug` tells the kind and the length only, so that no value reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretValue {
    /// `SecretString`.
    Text(Arc<str>),
    /// `SecretBinary`. Never equal to a text, even of the same bytes [?].
    Binary(Arc<[u8]>),
}

impl SecretValue {
    /// A text value.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    /// A binary value.
    pub fn binary(bytes: impl AsRef<[u8]>) -> Self {
        Self::Binary(Arc::from(bytes.as_ref()))
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
        }
    }
}

/// The token of the rotation event by which a function shows that it acts for a rotation [M].
///
/// Masked in `Debug`: the model marks it as sensitive.
#[derive(Clone, PartialEq, Eq)]
pub struct RotationToken(Arc<str>);

impl RotationToken {
    /// Wraps the text as it is.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Arc::from(text.as_ref()))
    }

    /// The token itself, for the event only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RotationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RotationToken(…)")
    }
}

/// One version of a secret. Its labels are kept by the secret, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// When the value was put; for a placeholder, when the rotation made it.
    pub created: Timestamp,
    /// The value. A placeholder of a rotation has none until createSecret stores one [R].
    pub value: Option<SecretValue>,
    /// Midnight UTC of the day of the last read, absent before the first [R][U].
    pub last_accessed_day: Option<Timestamp>,
    /// The KMS key that the value is encrypted with; `None` is the account's default key [R].
    pub kms_key_id: Option<String>,
    /// The token of the rotation that made this version, if one did.
    pub rotation_token: Option<RotationToken>,
}

impl Version {
    /// A version with a value.
    pub fn with_value(value: SecretValue, kms_key_id: Option<String>, now: Timestamp) -> Self {
        Self {
            created: now,
            value: Some(value),
            last_accessed_day: None,
            kms_key_id,
            rotation_token: None,
        }
    }

    /// The placeholder of a rotation: an id without a value [R].
    pub fn placeholder(token: RotationToken, kms_key_id: Option<String>, now: Timestamp) -> Self {
        Self {
            created: now,
            value: None,
            last_accessed_day: None,
            kms_key_id,
            rotation_token: Some(token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_value() {
        let version = Version {
            rotation_token: Some(RotationToken::new("hunter2")),
            ..Version::with_value(SecretValue::text("hunter2"), None, Timestamp::EPOCH)
        };
        let shown = format!("{version:?} {:?}", SecretValue::binary(b"hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("Text(7 bytes)"), "{shown}");
    }

    #[test]
    fn a_text_is_not_the_binary_of_its_bytes() {
        assert_ne!(SecretValue::text("a"), SecretValue::binary(b"a"));
    }
}
