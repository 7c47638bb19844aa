//! Functions that the server was started with, as Lambda's answers tell of them.
//!
//! Nobody knows what code such a function has, nor which role and how much memory it would have on
//! AWS. What is told is ours: a `provided.al2023` function of 128 MB without a byte of code, under a
//! role that bears its name. Its time is what the server gives it.

use std::sync::Arc;

use crate::ids::Scope;
use crate::time::Timestamp;

use super::configuration::{Code, Configuration, Logging};
use super::runtime::{Family, Runtime};

/// How much memory it is said to have, in MB: as its process is told.
pub const MEMORY_MB: u32 = 128;

/// The SHA-256 of nothing, in base64.
const NO_CODE: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// Its revision, since nothing can change it.
const REVISION: &str = "00000000-0000-0000-0000-000000000000";

/// What is known of such a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// When the server was started.
    pub since: Timestamp,
    /// How long it may run, in seconds.
    pub timeout_s: u32,
}

impl Default for Started {
    fn default() -> Self {
        Self {
            since: Timestamp::EPOCH,
            timeout_s: 30,
        }
    }
}

impl Started {
    pub(super) fn configuration(self, name: &str, scope: &Scope) -> Configuration {
        let Scope { account, region } = scope;
        let partition = region.partition();
        Configuration {
            runtime: Runtime::new("provided.al2023", Family::Provided),
            role: format!("arn:{partition}:iam::{account}:role/{name}"),
            handler: "bootstrap".to_owned(),
            description: "Started with the server".to_owned(),
            timeout_s: self.timeout_s,
            memory_mb: MEMORY_MB,
            environment: None,
            architecture: "x86_64".to_owned(),
            ephemeral_storage_mb: 512,
            dead_letter_target: None,
            kms_key: None,
            has_snap_start: false,
            logging: Logging::default(),
            tracing_mode: "PassThrough".to_owned(),
            vpc: None,
            code: Arc::new(Code {
                archive: Vec::new(),
                sha256: NO_CODE.to_owned(),
            }),
            last_modified: self.since,
            revision_id: REVISION.to_owned(),
        }
    }
}
