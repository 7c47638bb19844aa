//! What the rotation service did, for the journal.

use crate::ids::{FunctionArn, SecretArn, Step, VersionId};
use crate::time::Timestamp;

/// One event of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEvent {
    /// When.
    pub at: Timestamp,
    /// The secret.
    pub secret: SecretArn,
    /// The version that the rotation makes.
    pub token: VersionId,
    /// What.
    pub what: Happening,
}

/// What happened. The names are CloudTrail's [D], but for `RotationCancelled`, which it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A rotation was accepted.
    RotationStarted,
    /// AWSCURRENT is on the new version.
    RotationSucceeded,
    /// An attempt ended without success.
    RotationFailed {
        /// Why.
        cause: FailureCause,
        /// When the service tries again, if it does.
        retry_at: Option<Timestamp>,
    },
    /// Another version became AWSCURRENT, or the pending version lost its labels.
    RotationAbandoned,
    /// CancelRotateSecret ended it.
    RotationCancelled,
    /// A test run was accepted.
    TestRotationStarted,
    /// testSecret succeeded in a test run.
    TestRotationSucceeded,
    /// testSecret failed in a test run.
    TestRotationFailed {
        /// Why.
        cause: FailureCause,
    },
}

/// Why an attempt ended without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureCause {
    /// The function failed in a step.
    Step {
        /// The step.
        step: Step,
        /// The function.
        function: FunctionArn,
        /// The error's type, as the function reports it.
        error_type: String,
    },
    /// finishSecret returned, but AWSCURRENT is elsewhere [D].
    CurrentNotMoved,
    /// The secret was deleted meanwhile.
    SecretDeleted,
}

impl Happening {
    /// The event's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RotationStarted => "RotationStarted",
            Self::RotationSucceeded => "RotationSucceeded",
            Self::RotationFailed { .. } => "RotationFailed",
            Self::RotationAbandoned => "RotationAbandoned",
            Self::RotationCancelled => "RotationCancelled",
            Self::TestRotationStarted => "TestRotationStarted",
            Self::TestRotationSucceeded => "TestRotationSucceeded",
            Self::TestRotationFailed { .. } => "TestRotationFailed",
        }
    }

    /// CloudTrail's errorMessage. What the function said stays out: it may hold a secret.
    pub fn message(&self) -> Option<String> {
        match self {
            Self::RotationFailed { cause, .. } | Self::TestRotationFailed { cause } => {
                Some(cause.message())
            }
            _ => None,
        }
    }
}

impl FailureCause {
    fn message(&self) -> String {
        match self {
            Self::Step { step, function, .. } => {
                format!("Error when executing lambda {function} during {step} step")
            }
            Self::CurrentNotMoved => "AWSCURRENT is not on the version of this rotation".to_owned(),
            Self::SecretDeleted => "The secret was deleted".to_owned(),
        }
    }
}
