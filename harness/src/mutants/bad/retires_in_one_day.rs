//! Retirement that asks for the shortest life there is, to the second.

use aws_sdk_appsync::types::ApiKey;

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::retire::dispose;
use crate::mutants::right::{Rotator, Run};
use crate::mutants::tools::DAY;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "retires-in-one-day",
        flow: &RetiresInOneDay,
    },
    bug: "asks for exactly one day, which rounding and skew push out of bounds",
    caught_by: Objector::Expectation,
    scenario: "clock/k1-behind-at-retirement",
};

struct RetiresInOneDay;

impl Flow for RetiresInOneDay {
    fn dispose<'a>(&'a self, run: &'a Run<'a>, key: &'a ApiKey) -> Doing<'a> {
        Box::pin(async move {
            let api = run.api(&run.current().await?)?;
            let until = run.tools.now() + DAY;
            match key.id() {
                Some(id) if key.expires() > until => run.tools.set_expiry(&api, id, until).await,
                _ => dispose(run, key).await,
            }
        })
    }
}
