//! The errors of Secrets Manager.

use crate::state::secrets::error::SecretsError;

use super::WireError;

pub(super) fn wire_error(error: &SecretsError) -> WireError {
    match *error {}
}
