//! What the inputs of several operations share: names, tokens, values.

use crate::ids::VersionId;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::version::SecretValue;
use crate::wire::blob::Blob;
use crate::wire::payload::Required;
use crate::wire::validate::{Violations, between};

/// A `SecretId` of 1 to 2048 characters [M].
pub(super) fn check_secret_id(violations: &mut Violations, id: &Required<String>) {
    violations.required_text("secretId", id, between(1, 2048));
}

/// A ClientRequestToken or a version id of 32 to 64 characters [M].
pub(super) fn check_token(violations: &mut Violations, path: &str, token: Option<&String>) {
    violations.optional_text(path, token, between(32, 64));
}

/// A value of at most 65,536 bytes [M][D]. An empty text is not held to the model's minimum: it
/// is refused in words of its own, or counts as none [U].
pub(super) fn check_value(
    violations: &mut Violations,
    text: Option<&String>,
    binary: Option<&Blob>,
) {
    if let Some(text) = text {
        violations.sensitive("secretString", text.len(), between(0, 65_536));
    }
    if let Some(Blob(bytes)) = binary {
        violations.sensitive("secretBinary", bytes.len(), between(1, 65_536));
    }
}

/// The token of a write, which SDKs fill in and raw clients must send [R].
pub(super) fn token(token: Option<String>) -> Result<VersionId, SecretsError> {
    token.map(VersionId::new).ok_or(SecretsError::TokenMissing)
}

/// The value of a write, if there is one. Both kinds at once are refused [?].
pub(super) fn value(
    text: Option<String>,
    binary: Option<Blob>,
) -> Result<Option<SecretValue>, SecretsError> {
    match (text.filter(|text| !text.is_empty()), binary) {
        (Some(_), Some(_)) => Err(SecretsError::TwoValues),
        (Some(text), None) => Ok(Some(SecretValue::text(text))),
        (None, Some(Blob(bytes))) => Ok(Some(SecretValue::binary(bytes))),
        (None, None) => Ok(None),
    }
}

/// Refuses a member that this emulator would otherwise have to ignore.
pub(super) fn refuse<T>(member: Option<&T>, name: &'static str) -> Result<(), SecretsError> {
    match member {
        Some(_) => Err(SecretsError::NotEmulated(name)),
        None => Ok(()),
    }
}
