//! What a run's secret and its credentials are like at a moment, from snapshots and the ledger.

use std::collections::BTreeMap;

use keywheel_emulator::ids::{ApiKeyId, StagingLabel, VersionId};

/// The first secret and every credential of the world, as they stand after something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Where each staging label is.
    pub labels: BTreeMap<StagingLabel, VersionId>,
    /// The credential that each labelled version holds.
    pub held: BTreeMap<StagingLabel, ApiKeyId>,
    /// What has become of each credential that ever was.
    pub credentials: BTreeMap<ApiKeyId, Credential>,
}

/// What has become of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// It is accepted.
    Accepted,
    /// It exists and is not accepted: not yet, or not by this API.
    Refused,
    /// It has died of age.
    Expired,
    /// It was deleted.
    Gone,
}

impl Credential {
    /// Is it there, accepted or not?
    pub fn is_there(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused)
    }
}

impl State {
    /// Does the version that this label is on hold the credential?
    pub fn is_held(&self, label: &StagingLabel, credential: &ApiKeyId) -> bool {
        self.held.get(label) == Some(credential)
    }
}
