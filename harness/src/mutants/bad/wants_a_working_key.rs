//! createSecret that fails when the current key does not work any more.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run, key_in};
use crate::mutants::tools::refuse;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "wants-a-working-key",
        flow: &WantsAWorkingKey,
    },
    bug: "demands that the current key works",
    caught_by: Objector::Oracle(OracleId::Recovers),
    scenario: "happy/h8-expired-key",
};

struct WantsAWorkingKey;

impl Flow for WantsAWorkingKey {
    fn check_current<'a>(&'a self, run: &'a Run<'a>, current: &'a str) -> Doing<'a> {
        Box::pin(async move {
            let key = key_in(current).unwrap_or_default();
            if run.tools.probe(&run.api(current)?, &key).await? {
                return Ok(());
            }
            refuse("CurrentRejected", "the current key is not accepted")
        })
    }
}
