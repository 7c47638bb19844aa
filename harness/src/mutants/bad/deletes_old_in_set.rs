//! setSecret that deletes the old key, before the new one is current or even tested.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::set::set;
use crate::mutants::right::{Rotator, Run, key_in};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-old-in-set",
        flow: &DeletesOldInSet,
    },
    bug: "setSecret deletes the old key, before the new one is current",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "happy/h1-first-rotation",
};

struct DeletesOldInSet;

impl Flow for DeletesOldInSet {
    fn set<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            set(run).await?;
            let current = run.current().await?;
            match key_in(&current) {
                Some(old) => run.tools.delete_key(&run.api(&current)?, &old).await,
                None => Ok(()),
            }
        })
    }
}
