//! AWSCURRENT exists and names a key that works, or holds a new password; only finishSecret of the pending token moves it
//! there [I4, I12].

use keywheel_emulator::ids::{ApiKeyId, Step};

use crate::history::Names;
use crate::scenario::{Holds, OracleId};

use super::ledger::{Actor, CurrentMove};
use super::{Complaint, Kind, Moment, Objection, Oracle, When, step_name};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::OneCurrent,
    demand: "AWSCURRENT is moved only by finishSecret, to the pending token, when its key works or its password is new",
    when: When::EveryMoment(judge),
};

/// A move of AWSCURRENT that should not have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// By something else than finishSecret.
    ByStep(Option<Step>),
    /// To nowhere.
    Nowhere,
    /// To a version that was not AWSPENDING.
    NotPending,
    /// To a value that names no key of the API.
    NoKey,
    /// To a key that is not accepted.
    DeadKey(ApiKeyId),
    /// To a version without a value.
    NoValue,
    /// To the value that it left.
    SameValue,
}

impl Complaint for Misplaced {
    fn kind(&self) -> Kind {
        match self {
            Self::ByStep(step) => Kind::about("by-step", step_name(*step)),
            Self::Nowhere => Kind::new("nowhere"),
            Self::NotPending => Kind::new("not-pending"),
            Self::NoKey => Kind::new("no-key"),
            Self::DeadKey(_) => Kind::new("dead-key"),
            Self::NoValue => Kind::new("no-value"),
            Self::SameValue => Kind::new("same-value"),
        }
    }

    fn describe(&self, names: &Names) -> String {
        let how = match self {
            Self::ByStep(step) => format!("was moved by {}", step_name(*step)),
            Self::Nowhere => "is on no version".to_owned(),
            Self::NotPending => "went to a version that was not AWSPENDING".to_owned(),
            Self::NoKey => "went to a value that names no key of the API".to_owned(),
            Self::DeadKey(key) => {
                format!("went to {}, which is not accepted", names.key(key.expose()))
            }
            Self::NoValue => "went to a version without a value".to_owned(),
            Self::SameValue => "went to the value that it left".to_owned(),
        };
        format!("AWSCURRENT {how}")
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
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
    objections.flatten().map(Into::into).collect()
}

fn wrong_step(step: Option<Step>) -> Option<Misplaced> {
    (step != Some(Step::FinishSecret)).then_some(Misplaced::ByStep(step))
}

fn wrong_version(current: &CurrentMove) -> Option<Misplaced> {
    match &current.to {
        None => Some(Misplaced::Nowhere),
        Some(to) if current.pending_before.as_ref() != Some(to) => Some(Misplaced::NotPending),
        Some(_) => None,
    }
}

fn dead_key(moment: &Moment<'_>, current: &CurrentMove) -> Option<Misplaced> {
    current.to.as_ref()?;
    let Some(key) = &current.key else {
        return Some(Misplaced::NoKey);
    };
    let is_accepted = moment
        .ledger
        .key(key)
        .is_some_and(|record| record.is_accepted);
    (!is_accepted).then(|| Misplaced::DeadKey(key.clone()))
}

fn no_new_value(moment: &Moment<'_>, current: &CurrentMove) -> Option<Misplaced> {
    let to = current.to.as_ref()?;
    let Some(value) = moment.ledger.value_of(to) else {
        return Some(Misplaced::NoValue);
    };
    let before = current
        .from
        .as_ref()
        .and_then(|from| moment.ledger.value_of(from));
    (before == Some(value)).then_some(Misplaced::SameValue)
}
