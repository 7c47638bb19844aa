//! finishSecret that deletes the previous key at once.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::finish::finish;
use crate::mutants::right::{Rotator, Run, key_in};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-previous",
        flow: &DeletesPrevious,
    },
    bug: "finishSecret deletes the previous key at once",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "happy/h3-second-rotation",
};

struct DeletesPrevious;

impl Flow for DeletesPrevious {
    fn finish<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            let old = run.current().await?;
            finish(run).await?;
            match key_in(&old) {
                Some(old_key) => run.tools.delete_key(&run.api(&old)?, &old_key).await,
                None => Ok(()),
            }
        })
    }
}
