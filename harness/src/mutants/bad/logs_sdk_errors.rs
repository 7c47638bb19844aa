//! A rotator that logs the debug form of SDK errors, bodies and keys included.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::mutants::tools::Refusal;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "logs-sdk-errors",
        flow: &LogsSdkErrors,
    },
    bug: "logs SDK errors in their debug form",
    caught_by: Objector::Oracle(OracleId::NoSecretLeaked),
    scenario: "secrecy/s3-broken-answer",
};

struct LogsSdkErrors;

impl Flow for LogsSdkErrors {
    fn log_failure(&self, failure: &Refusal) -> String {
        failure.debug.clone()
    }
}
