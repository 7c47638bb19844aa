//! Retirement that deletes a key at once, instead of letting it expire.

use aws_sdk_appsync::types::ApiKey;

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-hard",
        flow: &DeletesHard,
    },
    bug: "deletes a key at once instead of letting it expire",
    caught_by: Objector::Oracle(OracleId::ClientsServed),
    scenario: "availability/v4-back-to-back",
};

struct DeletesHard;

impl Flow for DeletesHard {
    fn dispose<'a>(&'a self, run: &'a Run<'a>, key: &'a ApiKey) -> Doing<'a> {
        Box::pin(async move {
            let api = run.api(&run.current().await?)?;
            run.tools
                .delete_key(&api, key.id().unwrap_or_default())
                .await
        })
    }
}
