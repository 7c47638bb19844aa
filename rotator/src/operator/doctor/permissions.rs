//! Would the writes of a rotation be allowed? Each is asked for in a form that the service refuses
//! once it has let the caller in, so that nothing is ever written.

use super::{Finding, permission};
use crate::aws::{api_keys, secrets};
use crate::steps::Run;

/// Asks about every write. Without an API only those to the secret.
pub(super) async fn to_write(run: &Run<'_>, api: Option<&str>, found: &mut Vec<Finding>) {
    let arn = &run.secret.arn;
    if !run.token.is_empty() {
        // The version's value can never be changed, and the label is one it does not carry.
        let put = run.secrets.ask_put(arn, run.token).await;
        found.push(permission(secrets::PUT, put));
        let moved = run.secrets.ask_move(arn, run.token).await;
        found.push(permission(secrets::MOVE, moved));
    }
    let Some(api) = api else { return };
    // An expiry in 1970 is out of bounds, and no key has such an id.
    let create = run.keys.ask_create(api).await;
    found.push(permission(api_keys::CREATE, create));
    let update = run.keys.ask_update(api).await;
    found.push(permission(api_keys::UPDATE, update));
    let delete = run.keys.ask_delete(api).await;
    found.push(permission(api_keys::DELETE, delete));
}
