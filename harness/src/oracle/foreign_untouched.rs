//! Keys that the function did not make are never modified or deleted [I8].

use super::ledger::Actor;
use super::{Entry, Moment, step_name};

pub(super) const ENTRY: Entry = Entry {
    name: "foreign-untouched",
    demand: "a key that the function did not make is never modified or deleted by it",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    let Some(change) = moment.change else {
        return Vec::new();
    };
    let Actor::Function(step) = change.actor else {
        return Vec::new();
    };
    let deeds = change.removed.iter().map(|key| (key, "deleted"));
    let deeds = deeds.chain(change.altered.iter().map(|key| (key, "modified")));
    deeds
        .filter(|(key, _)| {
            moment
                .ledger
                .key(key)
                .is_some_and(|record| !record.minted_by.is_function())
        })
        .map(|(key, deed)| {
            format!(
                "{} {deed} the foreign key {}",
                step_name(step),
                moment.names.key(key.expose())
            )
        })
        .collect()
}
