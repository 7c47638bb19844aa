//! Users.

use super::identity::Identity;

/// How many access keys a user may have [D].
pub const ACCESS_KEY_LIMIT: usize = 2;

/// A user. Its access keys are among the credentials.
#[derive(Clone, Debug)]
pub struct User {
    /// Name, ARN and policies.
    pub identity: Identity,
}
