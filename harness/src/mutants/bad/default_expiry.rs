//! A rotator that leaves the expiry of its keys to AppSync: seven days.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "default-expiry",
        flow: &DefaultExpiry,
    },
    bug: "asks for no expiry, so that a key lives for seven days",
    caught_by: Objector::Oracle(OracleId::Lasts),
    scenario: "happy/h1-first-rotation",
};

struct DefaultExpiry;

impl Flow for DefaultExpiry {
    fn life(&self, _interval: i64) -> Option<i64> {
        None
    }

    fn kept_alive_for(&self, _interval: i64) -> Option<i64> {
        None
    }
}
