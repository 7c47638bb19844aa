//! The errors of AppSync's control plane.

use crate::state::appsync::error::AppSyncError;

use super::WireError;

pub(super) fn wire_error(error: &AppSyncError) -> WireError {
    match *error {}
}
