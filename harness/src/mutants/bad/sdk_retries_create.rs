//! createSecret that lets the SDK repeat CreateApiKey, which is not idempotent.

use aws_smithy_types::retry::RetryConfig;

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "sdk-retries-create",
        flow: &SdkRetriesCreate,
    },
    bug: "lets the SDK repeat CreateApiKey by itself",
    caught_by: Objector::Oracle(OracleId::BoundedKeys),
    scenario: "lost/l1-create",
};

struct SdkRetriesCreate;

impl Flow for SdkRetriesCreate {
    fn create_retries(&self) -> RetryConfig {
        RetryConfig::standard()
    }
}
