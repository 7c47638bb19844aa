//! One rotation makes one key, however often its steps are repeated [I5, I7].

use keywheel_emulator::ids::VersionId;

use super::ledger::KeyRecord;
use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "bounded-keys",
    demand: "a rotation makes one key, however often its steps are repeated",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
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
    let name = moment.names.version(token);
    (made > allowed)
        .then(|| format!("{made} keys were made for {name}, where {allowed} would do"))
        .into_iter()
        .collect()
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
