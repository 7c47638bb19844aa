//! createSecret that deletes the old key before it makes the new one.

use aws_sdk_appsync::types::ApiKey;

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::create::{NewKey, obtain};
use crate::mutants::right::{Rotator, Run, key_in};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-before-create",
        flow: &DeletesBeforeCreate,
    },
    bug: "deletes the old key before it makes the new one",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "happy/h1-first-rotation",
};

struct DeletesBeforeCreate;

impl Flow for DeletesBeforeCreate {
    fn obtain<'a>(
        &'a self,
        run: &'a Run<'a>,
        keys: Vec<ApiKey>,
        current: &'a str,
    ) -> Doing<'a, NewKey> {
        Box::pin(async move {
            if let Some(old) = key_in(current) {
                run.tools.delete_key(&run.api(current)?, &old).await?;
            }
            obtain(run, keys).await
        })
    }
}
