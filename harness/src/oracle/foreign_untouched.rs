//! Keys that the function did not make are never modified or deleted [I8].

use keywheel_emulator::ids::{ApiKeyId, Step};

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::Actor;
use super::{Complaint, Kind, Moment, Objection, Oracle, When, step_name};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::ForeignUntouched,
    demand: "a key that the function did not make is never modified or deleted by it",
    when: When::EveryMoment(judge),
};

/// A key of somebody else's that the function touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trespass {
    /// In which step.
    pub step: Option<Step>,
    /// What it did.
    pub deed: Deed,
    /// The key.
    pub key: ApiKeyId,
}

/// What can be done to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is gone.
    Deleted,
    /// It has another expiry or description.
    Modified,
}

impl Deed {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Modified => "modified",
        }
    }
}

impl Complaint for Trespass {
    fn kind(&self) -> Kind {
        Kind::about(self.deed.as_str(), step_name(self.step))
    }

    fn describe(&self, names: &Names) -> String {
        let (step, deed) = (step_name(self.step), self.deed.as_str());
        format!(
            "{step} {deed} the foreign key {}",
            names.key(self.key.expose())
        )
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let Some(change) = moment.change else {
        return Vec::new();
    };
    let Actor::Function(step) = change.actor else {
        return Vec::new();
    };
    let deeds = change.removed.iter().map(|key| (key, Deed::Deleted));
    let deeds = deeds.chain(change.altered.iter().map(|key| (key, Deed::Modified)));
    deeds
        .filter(|(key, _)| {
            moment
                .ledger
                .key(key)
                .is_some_and(|record| !record.minted_by.is_function())
        })
        .map(|(key, deed)| {
            let key = key.clone();
            Trespass { step, deed, key }.into()
        })
        .collect()
}
