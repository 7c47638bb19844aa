//! Roles.

use crate::entropy::Entropy;
use crate::state::policy::PolicyText;
use crate::time::Timestamp;

use super::error::Kind;
use super::identity::Identity;
use super::names::Place;
use super::tags::Tags;

/// How long a role's sessions may last unless it says otherwise, in seconds [D].
pub const DEFAULT_SESSION_SECONDS: u32 = 3600;

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Name, ARN and policies.
    pub identity: Identity,
    /// Who may assume it.
    pub trust: PolicyText,
    /// What it is for.
    pub description: Option<String>,
    /// How long its sessions may last, in seconds.
    pub max_session_seconds: u32,
}

/// What a role is made from.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// Who may assume it.
    pub trust: PolicyText,
    /// What it is for.
    pub description: Option<String>,
    /// How long its sessions may last, in seconds.
    pub max_session_seconds: u32,
    /// Its tags.
    pub tags: Tags,
}

impl Role {
    pub(super) fn new(
        new: NewRole,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Self {
        let mut identity = Identity::new(Kind::Role, &new.name, place, entropy, now);
        identity.tags = new.tags;
        Self {
            identity,
            trust: new.trust,
            description: new.description,
            max_session_seconds: new.max_session_seconds,
        }
    }
}
