//! finishSecret that deletes every key of the API but the new one.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run, key_in};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-foreign",
        flow: &DeletesForeign,
    },
    bug: "finishSecret deletes every key of the API but the new one",
    caught_by: Objector::Oracle(OracleId::ForeignUntouched),
    scenario: "happy/h1-first-rotation",
};

struct DeletesForeign;

impl Flow for DeletesForeign {
    fn retire<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            let current = run.current().await?;
            let (api, keep) = (run.api(&current)?, key_in(&current));
            for id in run.keys(&api).await?.into_iter().filter_map(|key| key.id) {
                if Some(&id) != keep.as_ref() {
                    run.tools.delete_key(&api, &id).await?;
                }
            }
            Ok(())
        })
    }
}
