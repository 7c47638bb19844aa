//! A rotator that fails at a known rate, so that a campaign which finds nothing is known to be broken.

use std::ops::RangeInclusive;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::record::Objector;
use crate::scenario::OracleId;
use crate::subject::{Function, FunctionFailure, Subject, Surroundings};

use super::flow::{Doing, Flow};
use super::right::finish::finish;
use super::right::{Rotator, Run};
use super::tools::refuse;

/// The plain rotator, which in one finishSecret of a hundred tells its secret's value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Canary;

/// Of how many finishSecret one fails.
const ONE_IN: u8 = 100;

impl Canary {
    /// Who must object.
    pub const CAUGHT_BY: Objector = Objector::Oracle(OracleId::NoSecretLeaked);

    /// The share of a campaign's runs that must fail: a run finishes some two to six rotations.
    pub const RATE: RangeInclusive<f64> = 0.008..=0.1;
}

struct Singing;

impl Flow for Singing {
    fn finish<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            let value = run.known_pending().await?;
            finish(run).await?;
            if is_chosen(run) {
                return refuse("Canary", &value);
            }
            Ok(())
        })
    }
}

/// The token and the moment decide: one varies with the seed, the other with the course.
fn is_chosen(run: &Run<'_>) -> bool {
    let moment = run.tools.time_now().duration_since(std::time::UNIX_EPOCH);
    let moment = moment.unwrap_or_default().as_millis();
    let digest = Sha256::digest(format!("{} {moment}", run.token()));
    u16::from_be_bytes([digest[0], digest[1]]) % u16::from(ONE_IN) == 0
}

const ROTATOR: Rotator = Rotator {
    name: "canary",
    flow: &Singing,
};

impl Subject for Canary {
    fn name(&self) -> &'static str {
        ROTATOR.name
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        ROTATOR.start(surroundings)
    }
}
