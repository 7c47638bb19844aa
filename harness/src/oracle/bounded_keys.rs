//! One rotation makes one key, however often its steps are repeated [I5, I7].

use keywheel_emulator::ids::VersionId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::KeyRecord;
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::BoundedKeys,
    demand: "a rotation makes one key, however often its steps are repeated",
    when: When::EveryMoment(judge),
};

/// A rotation that made more keys than it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooManyKeys {
    /// The version that they were made for.
    pub token: VersionId,
    /// How many were made.
    pub made: usize,
    /// How many would do.
    pub allowed: usize,
}

impl Complaint for TooManyKeys {
    fn kind(&self) -> Kind {
        Kind::new("too-many-keys")
    }

    fn describe(&self, names: &Names) -> String {
        let Self {
            token,
            made,
            allowed,
        } = self;
        let name = names.version(token);
        format!("{made} keys were made for {name}, where {allowed} would do")
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let Some(change) = moment.change else {
        return Vec::new();
    };
    let Some(token) = change.token.as_ref().filter(|_| change.actor.is_function()) else {
        return Vec::new();
    };
    if change.minted.is_empty() {
        return Vec::new();
    }
    let made = keys_of(moment, token)
        .filter(|record| !is_lost(moment, record))
        .count();
    let allowed = moment.ledger.creates_allowed(token);
    let token = token.clone();
    let found = (made > allowed).then_some(TooManyKeys {
        token,
        made,
        allowed,
    });
    found.into_iter().map(Into::into).collect()
}

fn keys_of<'a>(
    moment: &'a Moment<'_>,
    token: &'a VersionId,
) -> impl Iterator<Item = &'a KeyRecord> {
    let keys = moment.ledger.keys().map(|(_, record)| record);
    keys.filter(move |record| record.token.as_ref() == Some(token))
}

/// The world took this key away, so that making another was right.
fn is_lost(moment: &Moment<'_>, record: &KeyRecord) -> bool {
    let is_removed = record.removed.is_some_and(|(_, by)| !by.is_function());
    is_removed || record.expires <= moment.now
}
