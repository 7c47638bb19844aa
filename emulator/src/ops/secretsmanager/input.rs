//! What the inputs of several operations share: names, tokens, values.

use crate::ids::VersionId;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::version::SecretValue;
use crate::wire::blob::Blob;

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
