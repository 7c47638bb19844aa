//! Every key that a client may legally hold is accepted [I1, I2, I3].
//!
//! Clients are modelled by what they may hold: the value that AWSCURRENT named at any time within
//! the last TTL, the one that AWSPREVIOUS names, and those that a replica still hands out.

use std::fmt;

use keywheel_emulator::ids::{ApiKeyId, StagingLabel, Step};

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::{Actor, KeyRecord};
use super::{Complaint, Kind, Moment, Objection, Oracle, When, step_name};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::Served,
    demand: "a key that a client may hold (AWSCURRENT within its cache's TTL, AWSPREVIOUS, here or in a replica) is accepted",
    when: When::EveryMoment(judge),
};

/// A key that a client may hold and that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Who may hold it.
    pub holder: Holder,
    /// The key.
    pub key: ApiKeyId,
    /// What happened to it.
    pub fate: Fate,
}

/// Who may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A client of AWSCURRENT.
    Current,
    /// A client that read AWSCURRENT before it moved.
    BeforeMove,
    /// A client of AWSPREVIOUS.
    Previous,
    /// A client of a replica that lags behind.
    Replica,
}

/// What happened to a key, by the function's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A step deleted it.
    Deleted(Option<Step>),
    /// It has expired as a step had set it.
    Expired(Option<Step>),
    /// It was made, and is not accepted yet.
    NotYetAccepted,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "a client of AWSCURRENT",
            Self::BeforeMove => "a client that read AWSCURRENT before it moved",
            Self::Previous => "a client of AWSPREVIOUS",
            Self::Replica => "a client of a replica that lags behind",
        })
    }
}

impl Complaint for Locked {
    fn kind(&self) -> Kind {
        match self.fate {
            Fate::Deleted(step) => Kind::about("deleted", step_name(step)),
            Fate::Expired(step) => Kind::about("expired", step_name(step)),
            Fate::NotYetAccepted => Kind::new("not-yet-accepted"),
        }
    }

    fn describe(&self, names: &Names) -> String {
        let fate = match self.fate {
            Fate::Deleted(step) => format!("{} deleted", step_name(step)),
            Fate::Expired(step) => format!("expired; its expiry was set by {}", step_name(step)),
            Fate::NotYetAccepted => "is not accepted yet".to_owned(),
        };
        let name = names.key(self.key.expose());
        format!("{} holds {name}, which {fate}", self.holder)
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    if !moment.ledger.accepts_api_keys() {
        return Vec::new(); // No function can make an API take keys that does not.
    }
    let keys = moment.ledger.keys();
    keys.filter_map(|(id, record)| objection(moment, id, record))
        .collect()
}

fn objection(moment: &Moment<'_>, id: &ApiKeyId, record: &KeyRecord) -> Option<Objection> {
    if record.is_accepted {
        return None;
    }
    if moment.ledger.is_overdue(record, moment.now) {
        return None;
    }
    let holder = holder(moment, id, record)?;
    let fate = blame(moment, record)?;
    let key = id.clone();
    Some(Locked { holder, key, fate }.into())
}

/// Who may hold the key now, if anybody.
fn holder(moment: &Moment<'_>, id: &ApiKeyId, record: &KeyRecord) -> Option<Holder> {
    let (_, until) = record.held?;
    let ttl = i64::try_from(moment.ttl.as_millis()).unwrap_or(i64::MAX);
    match until {
        None => Some(Holder::Current),
        Some(end) if moment.now < end.plus_millis(ttl) => Some(Holder::BeforeMove),
        Some(_) => {
            let is_previous = moment.ledger.is_labelled(&StagingLabel::previous(), id);
            let is_behind = moment.ledger.is_named_by_replica(id);
            let behind = is_behind.then_some(Holder::Replica);
            is_previous.then_some(Holder::Previous).or(behind)
        }
    }
}

/// What happened to the key, if the function is to blame for it.
fn blame(moment: &Moment<'_>, record: &KeyRecord) -> Option<Fate> {
    if let Some((_, by)) = record.removed {
        return match by {
            Actor::Function(step) => Some(Fate::Deleted(step)),
            Actor::Service | Actor::World => None,
        };
    }
    if record.expires <= moment.now {
        return match record.expires_set_by {
            Actor::Function(step) => Some(Fate::Expired(step)),
            Actor::Service | Actor::World => None,
        };
    }
    record
        .minted_by
        .is_function()
        .then_some(Fate::NotYetAccepted)
}
