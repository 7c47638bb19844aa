//! Retirement that does not look whether replicas are in sync.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "ignores-replicas",
        flow: &IgnoresReplicas,
    },
    bug: "retires keys although a replica still hands them out",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "replica/r2-behind-for-two-days",
};

struct IgnoresReplicas;

impl Flow for IgnoresReplicas {
    fn may_retire(&self, _is_in_sync: bool) -> bool {
        true
    }
}
