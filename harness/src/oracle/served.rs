//! Every key that a client may legally hold is accepted [I1, I2, I3].
//!
//! Clients are modelled by what they may hold: the value that AWSCURRENT named at any time within
//! the last TTL, the one that AWSPREVIOUS names, and those that a replica still hands out.

use keywheel_emulator::ids::{ApiKeyId, StagingLabel};

use super::ledger::{Actor, KeyRecord};
use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "served",
    demand: "a key that a client may hold (AWSCURRENT within its cache's TTL, AWSPREVIOUS, here or in a replica) is accepted",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    if !moment.ledger.accepts_api_keys() {
        return Vec::new(); // No function can make an API take keys that does not.
    }
    let keys = moment.ledger.keys();
    keys.filter_map(|(id, record)| objection(moment, id, record))
        .collect()
}

fn objection(moment: &Moment<'_>, id: &ApiKeyId, record: &KeyRecord) -> Option<String> {
    if record.is_accepted {
        return None;
    }
    if moment.ledger.is_overdue(record, moment.now) {
        return None;
    }
    let holder = holder(moment, id, record)?;
    let fate = blame(moment, record)?;
    let name = moment.names.key(id.expose());
    Some(format!("{holder} holds {name}, which {fate}"))
}

/// Who may hold the key now, if anybody.
fn holder(moment: &Moment<'_>, id: &ApiKeyId, record: &KeyRecord) -> Option<&'static str> {
    let (_, until) = record.held?;
    let ttl = i64::try_from(moment.ttl.as_millis()).unwrap_or(i64::MAX);
    match until {
        None => Some("a client of AWSCURRENT"),
        Some(end) if moment.now < end.plus_millis(ttl) => {
            Some("a client that read AWSCURRENT before it moved")
        }
        Some(_) => {
            let is_previous = moment.ledger.is_labelled(&StagingLabel::previous(), id);
            let is_behind = moment.ledger.is_named_by_replica(id);
            let behind = is_behind.then_some("a client of a replica that lags behind");
            is_previous.then_some("a client of AWSPREVIOUS").or(behind)
        }
    }
}

/// What happened to the key, if the function is to blame for it.
fn blame(moment: &Moment<'_>, record: &KeyRecord) -> Option<String> {
    if let Some((_, by)) = record.removed {
        return match by {
            Actor::Function(step) => Some(format!("{} deleted", super::step_name(step))),
            Actor::Service | Actor::World => None,
        };
    }
    if record.expires <= moment.now {
        return match record.expires_set_by {
            Actor::Function(step) => Some(format!(
                "expired; its expiry was set by {}",
                super::step_name(step)
            )),
            Actor::Service | Actor::World => None,
        };
    }
    record
        .minted_by
        .is_function()
        .then(|| "is not accepted yet".to_owned())
}
