//! Requests that never reach an operation.

use crate::wire::validate::Violations;

/// A request that never reached an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Not one of the emulated services or operations.
    NotEmulated {
        /// What was asked for.
        asked: String,
    },
    /// A member that the operation here does not read.
    MemberNotEmulated {
        /// The member, by its path.
        member: String,
        /// The operation.
        operation: &'static str,
    },
    /// A required header is missing.
    MissingHeader {
        /// The header.
        header: &'static str,
    },
    /// A form without `Action`.
    MissingAction,
    /// A method that the path does not take.
    WrongMethod {
        /// The method, as sent.
        method: String,
        /// What to send instead.
        allowed: String,
    },
    /// The body is not what the operation takes.
    BadJson {
        /// The member or the place, never a value.
        at: String,
    },
    /// The body is too long to be read.
    TooLarge {
        /// Bytes allowed.
        limit: usize,
        /// The operation, where the model of a REST service tells it by the place.
        operation: Option<&'static str>,
    },
    /// The call is not signed, and it must be.
    MissingSignature,
    /// Constraints of the service model are not met.
    Invalid(Violations),
}
