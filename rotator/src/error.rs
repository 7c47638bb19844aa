//! How a rotation step fails: a stable type, a class, and a sentence without any secret.
//!
//! The service does not look at the class; alarms and the person on call do.

use crate::redact::scrub;
use std::fmt;

/// The runbook; each of its entries has the error type, in lower case, as anchor.
const RUNBOOK: &str = "rotator/README.md";

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The service's own retry of the rotation is expected to cure it.
    Retryable,
    /// Somebody has to change something first.
    Permanent,
}

/// Why a rotation step failed.
///
/// Neither `Display` nor `Debug` can show key material: the fields hold names, ids and AWS error
/// codes only, and `Display` is scrubbed of key-shaped text on top.
#[derive(Clone)]
pub struct RotationError(Problem);

impl RotationError {
    /// The stable name of this kind of failure, for alarms and the runbook.
    pub fn error_type(&self) -> &'static str {
        self.0.name_and_class().0
    }

    /// Whether trying again can help.
    pub fn class(&self) -> Class {
        self.0.name_and_class().1
    }

    /// Where the runbook says what to do about it.
    pub fn runbook(&self) -> String {
        format!("{RUNBOOK}#{}", self.error_type().to_lowercase())
    }

    /// Whether labels read from just before a write would explain it.
    pub(crate) fn may_be_stale(&self) -> bool {
        matches!(
            self.0,
            Problem::SecretGone { .. } | Problem::NoStage { .. } | Problem::NotPending { .. }
        )
    }
}

impl fmt::Display for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&scrub(&self.0.to_string()))
    }
}

impl fmt::Debug for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.error_type())
    }
}

impl std::error::Error for RotationError {}

impl From<Problem> for RotationError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// Every way to fail, as facts. The four sentences with `secret`/`version` that Amazon's sample
/// rotation functions print are kept word for word, since people search logs for them.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the event is not usable: {reason}")]
    InvalidEvent { reason: String },
    #[error("lambda_handler: Invalid step parameter {step} for secret {secret}")]
    InvalidStep { step: String, secret: String },
    #[error("setting {name} {reason}")]
    InvalidSetting { name: &'static str, reason: String },
    #[error("secret {secret} is not on the allow-list of this function")]
    SecretNotAllowed { secret: String },
    #[error("Secret {secret} is not enabled for rotation")]
    RotationDisabled { secret: String },
    #[error("Secret version {version} has no stage for rotation of secret {secret}.")]
    NoStage { version: String, secret: String },
    #[error("Secret version {version} not set as AWSPENDING for rotation of secret {secret}.")]
    NotPending { version: String, secret: String },
    #[error("secret {secret} does not exist")]
    SecretGone { secret: String },
    #[error("secret {secret} is scheduled for deletion")]
    SecretDeleted { secret: String },
    #[error("secret {secret} is a replica; rotate the primary in {primary}")]
    ReplicaSecret { secret: String, primary: String },
    #[error("the {label} value is malformed: {reason}")]
    Malformed {
        label: &'static str,
        reason: Malformed,
    },
    #[error("the AWSPENDING value holds no AppSync API key; it was not made by this rotator")]
    PendingNotAKey,
    #[error("version {version} has no value yet: createSecret has not succeeded")]
    NoPendingValue { version: String },
    #[error("there is no version {version} with a value: give a staging label or a version id")]
    NoSuchVersion { version: String },
    #[error(
        "version {version} names no key that AppSync still lists; it deletes keys 60 days after \
         they expire"
    )]
    NothingToRevive { version: String },
    #[error("the key of version {version} has no marker of this secret: it may be a stack's")]
    ForeignKey { version: String },
    #[error("version {version} carries AWSCURRENT but its value cannot be found")]
    CurrentUnreadable { version: String },
    #[error("no API id: set AppSyncApiId, the tag smrot:api-id or the member {member}")]
    ApiIdMissing { member: String },
    #[error("{first} says {first_value} but {second} says {second_value}")]
    ConfigConflict {
        first: String,
        first_value: String,
        second: String,
        second_value: String,
    },
    #[error("AWSPENDING belongs to API {pending}, AWSCURRENT to API {current}")]
    PendingOnOtherApi { pending: String, current: String },
    #[error("AWSPENDING holds the same key as AWSCURRENT: nothing would be rotated")]
    PendingEqualsCurrent,
    #[error("the rotation interval of {days} days exceeds what an API key can live (356 days)")]
    IntervalTooLong { days: i64 },
    #[error("API {api} is at its limit of keys: {total} listed, {ours} of this secret")]
    KeyLimitReached {
        api: String,
        total: usize,
        ours: usize,
    },
    #[error("CreateApiKey gave no certain answer {rounds} times and no new key is listed")]
    CreateUnresolved { rounds: u32 },
    #[error("the AWSPENDING key is not among the keys of API {api}: deleted, or another API's")]
    PendingKeyGone { api: String },
    #[error("the AWSPENDING key has expired")]
    PendingKeyExpired,
    #[error("the API refused the AWSPENDING key (last refusals in a row: {attempts}){hint}")]
    ProbeRejected { attempts: u32, hint: &'static str },
    #[error("{endpoint} answered 403: a WAF rule or resource policy stands before the API")]
    ProbeForbidden { endpoint: String },
    #[error(
        "{endpoint} cannot be reached: check DNS, routes and, in a VPC, whether private DNS of \
         the appsync-api endpoint hides public APIs"
    )]
    ProbeUnreachable { endpoint: String },
    #[error("{endpoint} gave no verdict on the key (last: {last})")]
    ProbeInconclusive { endpoint: String, last: String },
    #[error("AWSCURRENT could not be moved in {rounds} rounds")]
    MoveConflict { rounds: u32 },
    #[error("stopped before the deadline of the invocation")]
    DeadlineNear,
    #[error("not allowed: {action} ({detail})")]
    AccessDenied {
        action: &'static str,
        detail: String,
    },
    #[error("the KMS key of the secret cannot be used in {action} ({detail})")]
    KmsUnusable {
        action: &'static str,
        detail: String,
    },
    #[error("{action} found no such API ({detail})")]
    ApiGone {
        action: &'static str,
        detail: String,
    },
    #[error("{action} is throttled ({detail})")]
    Throttled {
        action: &'static str,
        detail: String,
    },
    #[error("{action}: the API is being altered ({detail})")]
    ApiBusy {
        action: &'static str,
        detail: String,
    },
    #[error("{action} was refused ({detail})")]
    Refused {
        action: &'static str,
        detail: String,
    },
    #[error("{action} failed at the service ({detail})")]
    ServiceFailed {
        action: &'static str,
        detail: String,
    },
    #[error("{action} got no answer: check the endpoint and, in a VPC, the interface endpoint")]
    Unreachable { action: &'static str },
}

impl Problem {
    /// The one table of error types. A name in it never changes its meaning.
    fn name_and_class(&self) -> (&'static str, Class) {
        use Class::{Permanent, Retryable};
        match self {
            Self::InvalidEvent { .. } => ("InvalidEvent", Permanent),
            Self::InvalidStep { .. } => ("InvalidStep", Permanent),
            Self::InvalidSetting { .. } => ("InvalidSetting", Permanent),
            Self::SecretNotAllowed { .. } => ("SecretNotAllowed", Permanent),
            Self::RotationDisabled { .. } => ("RotationDisabled", Permanent),
            Self::NoStage { .. } => ("NoStage", Permanent),
            Self::NotPending { .. } => ("NotPending", Permanent),
            Self::SecretGone { .. } => ("SecretGone", Permanent),
            Self::SecretDeleted { .. } => ("SecretDeleted", Permanent),
            Self::ReplicaSecret { .. } => ("ReplicaSecret", Permanent),
            Self::Malformed { reason, .. } => (reason.name(), Permanent),
            Self::PendingNotAKey => ("PendingNotAKey", Permanent),
            Self::NoPendingValue { .. } => ("NoPendingValue", Retryable),
            Self::NoSuchVersion { .. } => ("NoSuchVersion", Permanent),
            Self::NothingToRevive { .. } => ("NothingToRevive", Permanent),
            Self::ForeignKey { .. } => ("ForeignKey", Permanent),
            Self::CurrentUnreadable { .. } => ("CurrentUnreadable", Retryable),
            Self::ApiIdMissing { .. } => ("ApiIdMissing", Permanent),
            Self::ConfigConflict { .. } => ("ConfigConflict", Permanent),
            Self::PendingOnOtherApi { .. } => ("PendingOnOtherApi", Permanent),
            Self::PendingEqualsCurrent => ("PendingEqualsCurrent", Permanent),
            Self::IntervalTooLong { .. } => ("IntervalExceedsKeyLifetime", Permanent),
            Self::KeyLimitReached { .. } => ("KeyLimitReached", Permanent),
            Self::CreateUnresolved { .. } => ("CreateUnresolved", Retryable),
            Self::PendingKeyGone { .. } => ("PendingKeyGone", Permanent),
            Self::PendingKeyExpired => ("PendingKeyExpired", Retryable),
            Self::ProbeRejected { .. } => ("ProbeRejected", Retryable),
            Self::ProbeForbidden { .. } => ("ProbeForbidden", Permanent),
            Self::ProbeUnreachable { .. } => ("ProbeUnreachable", Retryable),
            Self::ProbeInconclusive { .. } => ("ProbeInconclusive", Retryable),
            Self::MoveConflict { .. } => ("MoveConflict", Retryable),
            Self::DeadlineNear => ("DeadlineNear", Retryable),
            Self::AccessDenied { .. } => ("AccessDenied", Permanent),
            Self::KmsUnusable { .. } => ("KmsUnusable", Permanent),
            Self::ApiGone { .. } => ("ApiGone", Permanent),
            Self::Throttled { .. } => ("Throttled", Retryable),
            Self::ApiBusy { .. } => ("ApiBusy", Retryable),
            Self::Refused { .. } => ("Refused", Permanent),
            Self::ServiceFailed { .. } => ("ServiceFailed", Retryable),
            Self::Unreachable { .. } => ("Unreachable", Retryable),
        }
    }
}

/// What is wrong with a secret's value; names members, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// SecretBinary instead of SecretString.
    #[error("it is binary; only SecretString is supported")]
    Binary,
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// A JSON object was expected, by its first character or by a configured field.
    #[error("it is not a JSON object that can be read")]
    NotJson,
    /// JSON, but an array, a number or another scalar.
    #[error("it is JSON but not an object")]
    NotObject,
    /// A member occurs twice, so writing it back would lose one.
    #[error("member {0:?} occurs twice")]
    DuplicateMember(String),
    /// The configured field, or any field with a key, is missing.
    #[error("field {0:?} is missing")]
    FieldMissing(String),
    /// The field holds an object, a number or null.
    #[error("field {0:?} is not a string; a whole API answer may have been stored by mistake")]
    FieldNotString(String),
    /// Several members hold a key and none is configured.
    #[error("several fields hold a key, configure one of {0:?}")]
    FieldAmbiguous(Vec<String>),
    /// With the new key the value would exceed what Secrets Manager stores.
    #[error("with the new key it would have {0} bytes, more than 65536")]
    TooLarge(usize),
}

impl Malformed {
    fn name(&self) -> &'static str {
        match self {
            Self::Binary => "SecretBinary",
            Self::Empty => "SecretEmpty",
            Self::NotJson => "SecretNotJson",
            Self::NotObject => "SecretNotObject",
            Self::DuplicateMember(_) => "DuplicateMember",
            Self::FieldMissing(_) => "FieldMissing",
            Self::FieldNotString(_) => "FieldNotString",
            Self::FieldAmbiguous(_) => "FieldAmbiguous",
            Self::TooLarge(_) => "SizeLimit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_field_is_shown_neither_way() {
        let key = "da2-abcdefghijklmnopqrstuvwxyz";
        let error = RotationError::from(Problem::Malformed {
            label: "AWSCURRENT",
            reason: Malformed::FieldMissing(key.into()),
        });
        assert!(!error.to_string().contains(key));
        assert!(!format!("{error:?}").contains(key));
        assert_eq!(error.error_type(), "FieldMissing");
        assert_eq!(error.class(), Class::Permanent);
        assert!(format!("{error:?}").starts_with("FieldMissing: the AWSCURRENT value"));
        assert_eq!(error.runbook(), format!("{RUNBOOK}#fieldmissing"));
    }
}
