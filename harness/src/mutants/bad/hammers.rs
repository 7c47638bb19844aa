//! testSecret that asks again without a pause.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run, key_in};
use crate::mutants::tools::refuse;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "hammers",
        flow: &Hammers,
    },
    bug: "asks the API again and again without a pause",
    caught_by: Objector::Oracle(OracleId::BoundedCalls),
    scenario: "availability/v5-visible-after-10m",
};

struct Hammers;

impl Flow for Hammers {
    fn test<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            let value = run.known_pending().await?;
            let (api, key) = (run.api(&value)?, key_in(&value).unwrap_or_default());
            for _ in 0..1000 {
                if run.tools.probe(&api, &key).await? {
                    return Ok(());
                }
            }
            refuse("ProbeRejected", "the pending key is not accepted")
        })
    }
}
