//! Why something could not be done: for people, for clients that listen, for a whole rotation.

use std::fmt;

use http::StatusCode;

use crate::scenario::{KeyRef, VersionRef};

/// A request of the harness that the emulator refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} was refused with {code}: {message}")]
pub struct AdminRefusal {
    /// What was asked.
    pub operation: String,
    /// The error code.
    pub code: String,
    /// The message.
    pub message: String,
}

impl AdminRefusal {
    /// Is it that of RotateSecret while a rotation is not complete (E15)?
    pub fn is_of_unfinished_rotation(&self) -> bool {
        self.code == "InvalidRequestException" && self.message.contains("isn't complete")
    }

    /// Is it one that a replica gives, where only its primary can do what was asked?
    pub fn is_of_replica(&self) -> bool {
        self.message.contains("replica secret")
    }
}

/// Why a person cannot do what a scenario wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unable {
    /// A key that is not there.
    #[error("there is no key {0} at this point")]
    NoKey(KeyRef),
    /// A version that is not there.
    #[error("there is no version {0} at this point")]
    NoVersion(VersionRef),
    /// AWSCURRENT has no value.
    #[error("there is no current value to copy")]
    NoValue,
    /// An API that is not there.
    #[error("there is no such API")]
    NoApi,
    /// A permission that the function has.
    #[error("it was not denied")]
    NotDenied,
    /// A replica that is not there.
    #[error("there is no replica")]
    NoReplica,
    /// RotateSecret was let through where it had to be refused.
    #[error("a rotation was begun, which had to be refused")]
    NotRefused,
    /// The emulator refuses.
    #[error(transparent)]
    Refused(#[from] AdminRefusal),
}

/// Why a client that listens is not let in, or hears nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Away {
    /// There is nothing to connect with.
    #[error("AWSCURRENT names no key")]
    NoKey,
    /// There is nowhere to connect to.
    #[error("the API has no address for it")]
    NoAddress,
    /// No websocket was opened.
    #[error("there is no websocket")]
    NoWebsocket,
    /// The websocket was opened, and then nobody was listened to.
    #[error("it is refused")]
    NotHeard,
    /// The mutation that it should hear of did not happen.
    #[error("the mutation was answered with {0}")]
    MutationRefused(StatusCode),
    /// The emulator refuses.
    #[error(transparent)]
    Refused(#[from] AdminRefusal),
}

/// Why a rotation has not ended with its version current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationFailure {
    /// RotateSecret is refused, since another rotation is not complete.
    Unfinished,
    /// RotateSecret is refused for another reason.
    Refused(AdminRefusal),
    /// The last invocation answered with an error.
    Error {
        /// Its type.
        error_type: String,
        /// Its message, with keys masked.
        message: String,
    },
    /// The last invocation died at a call.
    Killed,
    /// The last invocation did not answer by its deadline.
    TimedOut,
    /// Every step succeeded, and still another version is current.
    CurrentElsewhere,
    /// The function was not invoked at all.
    NotInvoked,
}

impl RotationFailure {
    /// Was it RotateSecret itself that failed?
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Unfinished | Self::Refused(_))
    }

    /// What it is, without the words of this run.
    pub fn kind(&self) -> &str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Refused(refusal) => &refusal.code,
            Self::Error { error_type, .. } => error_type,
            Self::Killed => "killed",
            Self::TimedOut => "timed-out",
            Self::CurrentElsewhere => "current-elsewhere",
            Self::NotInvoked => "not-invoked",
        }
    }
}

/// As the end of a sentence about a rotation that failed.
impl fmt::Display for RotationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfinished | Self::NotInvoked => Ok(()),
            Self::Refused(refusal) => write!(f, ": {refusal}"),
            Self::Error {
                error_type,
                message,
            } => write!(f, ": {error_type}: {message}"),
            Self::Killed => f.write_str(": the last invocation was killed"),
            Self::TimedOut => f.write_str(": the last invocation did not answer in time"),
            Self::CurrentElsewhere => {
                f.write_str(": every step succeeded, but AWSCURRENT is elsewhere")
            }
        }
    }
}
