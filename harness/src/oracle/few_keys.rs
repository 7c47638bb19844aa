//! The keys of a secret that live at one time stay few [I7].

use std::collections::{BTreeMap, BTreeSet};

use keywheel_emulator::ids::SecretArn;
use keywheel_emulator::time::HOUR_MS;

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::KeyRecord;
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::FewKeys,
    demand: "no more keys of a secret live at one time than its labels, a day of rotations and lost tries need",
    when: When::EveryMoment(judge),
};

/// Current, previous and pending, and one on its way.
const LABELLED: usize = 4;

/// A retired key lives for up to 26 hours.
const RETIRED_FOR_MS: i64 = 26 * HOUR_MS;

/// More keys of one secret than it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// How many live at one time.
    pub keys: usize,
}

impl Complaint for Crowd {
    fn kind(&self) -> Kind {
        Kind::new("crowd")
    }

    fn describe(&self, _: &Names) -> String {
        format!("{} keys of one secret live at one time", self.keys)
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let Some(change) = moment.change.filter(|change| !change.minted.is_empty()) else {
        return Vec::new();
    };
    if !change.actor.is_function() {
        return Vec::new();
    }
    let interval_ms = i64::try_from(moment.interval.as_millis()).unwrap_or(i64::MAX);
    let retired = RETIRED_FOR_MS / interval_ms.max(1) + 1;
    let usual = LABELLED + usize::try_from(retired).unwrap_or(usize::MAX);
    let mut live: BTreeMap<&SecretArn, usize> = BTreeMap::new();
    let mut unfinished: BTreeMap<&SecretArn, BTreeSet<_>> = BTreeMap::new();
    for (_, record) in moment.ledger.keys() {
        let Some(token) = record.token.as_ref().filter(|_| is_live(moment, record)) else {
            continue;
        };
        let Some(secret) = moment.ledger.secret_of(token) else {
            continue;
        };
        *live.entry(secret).or_default() += 1;
        if !moment.ledger.was_current(token) {
            unfinished.entry(secret).or_default().insert(token);
        }
    }
    let too_many = live.into_iter().filter(|(secret, count)| {
        let tries = unfinished.get(secret).map_or(0, BTreeSet::len);
        *count > usual.saturating_add(tries)
    });
    too_many.map(|(_, keys)| Crowd { keys }.into()).collect()
}

fn is_live(moment: &Moment<'_>, record: &KeyRecord) -> bool {
    record.removed.is_none() && record.expires > moment.now
}
