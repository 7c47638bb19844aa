//! What one commit changed.

use keywheel_emulator::ids::{ApiKeyId, SecretArn, StagingLabel, VersionId};

use super::Actor;

/// A move of AWSCURRENT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentMove {
    /// Of which secret.
    pub secret: SecretArn,
    /// The version that had it before, if any.
    pub from: Option<VersionId>,
    /// The version that has it now, if any.
    pub to: Option<VersionId>,
    /// The key that this version names, if it names one.
    pub key: Option<ApiKeyId>,
    /// AWSPENDING's holder before the move.
    pub pending_before: Option<VersionId>,
}

/// What one commit changed.
#[derive(Debug)]
pub struct Change {
    /// Who committed.
    pub actor: Actor,
    /// The rotation that was running.
    pub token: Option<VersionId>,
    /// Keys that came to be.
    pub minted: Vec<ApiKeyId>,
    /// Keys whose expiry or description changed.
    pub altered: Vec<ApiKeyId>,
    /// Keys that are gone.
    pub removed: Vec<ApiKeyId>,
    /// Where AWSCURRENT went, of each secret whose AWSCURRENT moved.
    pub moves: Vec<CurrentMove>,
    /// Labels that were put on, moved or taken off: the label, where it was and where it is.
    pub relabelled: Vec<Relabelling>,
    /// Versions that were given a value.
    pub written: Vec<VersionId>,
    /// Versions whose value became another.
    pub rewritten: Vec<VersionId>,
}

impl Change {
    /// Nothing, yet.
    pub(in crate::oracle) fn of(actor: Actor, token: Option<VersionId>) -> Self {
        Self {
            actor,
            token,
            minted: Vec::new(),
            altered: Vec::new(),
            removed: Vec::new(),
            moves: Vec::new(),
            relabelled: Vec::new(),
            written: Vec::new(),
            rewritten: Vec::new(),
        }
    }

    /// Is the world as it was?
    pub fn is_empty(&self) -> bool {
        let keys = self.minted.is_empty() && self.altered.is_empty() && self.removed.is_empty();
        keys && self.relabelled.is_empty() && self.written.is_empty() && self.rewritten.is_empty()
    }
}

/// A staging label that is elsewhere than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabelling {
    /// The label.
    pub label: StagingLabel,
    /// The version that had it.
    pub from: Option<VersionId>,
    /// The version that has it.
    pub to: Option<VersionId>,
}
