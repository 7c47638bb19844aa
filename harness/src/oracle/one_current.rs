//! AWSCURRENT exists and names a key that works, or holds a new password; only finishSecret of the pending token moves it
//! there [I4, I12].

use keywheel_emulator::ids::Step;

use crate::scenario::Holds;

use super::ledger::{Actor, CurrentMove};
use super::{Entry, Moment, step_name};

pub(super) const ENTRY: Entry = Entry {
    name: "one-current",
    demand: "AWSCURRENT is moved only by finishSecret, to the pending token, when its key works or its password is new",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    let Some(change) = moment.change else {
        return Vec::new();
    };
    let Actor::Function(step) = change.actor else {
        return Vec::new();
    };
    let objections = change.moves.iter().flat_map(|current| {
        [
            wrong_step(step),
            wrong_version(current),
            match moment.holds {
                Holds::Key => dead_key(moment, current),
                Holds::Password => no_new_value(moment, current),
            },
        ]
    });
    objections.flatten().collect()
}

fn wrong_step(step: Option<Step>) -> Option<String> {
    (step != Some(Step::FinishSecret))
        .then(|| format!("AWSCURRENT was moved by {}", step_name(step)))
}

fn wrong_version(current: &CurrentMove) -> Option<String> {
    match &current.to {
        None => Some("AWSCURRENT is on no version".to_owned()),
        Some(to) if current.pending_before.as_ref() != Some(to) => {
            Some("AWSCURRENT went to a version that was not AWSPENDING".to_owned())
        }
        Some(_) => None,
    }
}

fn dead_key(moment: &Moment<'_>, current: &CurrentMove) -> Option<String> {
    current.to.as_ref()?;
    let Some(key) = &current.key else {
        return Some("AWSCURRENT went to a value that names no key of the API".to_owned());
    };
    let is_accepted = moment
        .ledger
        .key(key)
        .is_some_and(|record| record.is_accepted);
    let name = moment.names.key(key.expose());
    (!is_accepted).then(|| format!("AWSCURRENT went to {name}, which is not accepted"))
}

fn no_new_value(moment: &Moment<'_>, current: &CurrentMove) -> Option<String> {
    let to = current.to.as_ref()?;
    let Some(value) = moment.ledger.value_of(to) else {
        return Some("AWSCURRENT went to a version without a value".to_owned());
    };
    let before = current
        .from
        .as_ref()
        .and_then(|from| moment.ledger.value_of(from));
    (before == Some(value)).then(|| "AWSCURRENT went to the value that it left".to_owned())
}
