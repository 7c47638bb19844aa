//! What can happen in a run.

use keywheel_emulator::fault::{Span, Verdict};
use keywheel_emulator::ids::{ApiKeyId, InvocationNumber, Step, VersionId};

use crate::scenario::AdminAction;

use super::{AdminRefusal, Away, Exchange, TargetCall};

/// What happened.
#[derive(Debug)]
pub enum What {
    /// A request of the function, and what became of it.
    Call(Box<Exchange>),
    /// A call of the function to its target, and what became of it.
    Target(Box<TargetCall>),
    /// An invocation began.
    Started {
        /// Its number.
        invocation: u64,
        /// The step, as sent: a test may send one that does not exist.
        step: String,
        /// The version that it is for.
        token: VersionId,
    },
    /// An invocation ended.
    Ended {
        /// Its number.
        invocation: u64,
        /// How.
        end: InvocationEnd,
    },
    /// Something that a person did, or that just happened.
    Admin(AdminAction),
    /// A statement of the scenario begins, by its number from 0.
    Statement(usize),
    /// Something that a service did, or the machine that the function runs on.
    Service(ServiceEvent),
    /// An oracle objects: the violation of this number, from 0.
    Violation(usize),
}

impl What {
    /// The invocation that made it, if it is a call of the function.
    pub fn caller(&self) -> Option<(InvocationNumber, Step)> {
        match self {
            Self::Call(exchange) => exchange.caller,
            Self::Target(call) => call.caller,
            _ => None,
        }
    }

    /// The fault that struck it, if it is a call.
    pub fn fault(&self) -> Option<Verdict> {
        match self {
            Self::Call(exchange) => exchange.fault,
            Self::Target(call) => call.fault,
            _ => None,
        }
    }
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvocationEnd {
    /// The step succeeded.
    Succeeded,
    /// The function answered with an error.
    Failed {
        /// Its type.
        error_type: String,
        /// Its message, with keys masked.
        message: String,
    },
    /// It died at a call.
    Killed,
    /// It had not answered by its deadline.
    TimedOut,
}

/// What a service did, or the machine that the function runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceEvent {
    /// The scenario's own statements are over; no fault strikes any more.
    FaultsStop,
    /// The function stands still before a call.
    Frozen {
        /// For how long.
        span: Span,
        /// Before which operation.
        operation: &'static str,
    },
    /// An effect lands that nobody waited for.
    LandsLate {
        /// Of which operation.
        operation: &'static str,
    },
    /// A step is not delivered, though the service believes it is.
    Skipped(Step),
    /// RotateSecret of one of several secrets is refused.
    RotationRefused {
        /// The secret, as the scenario calls it.
        secret: String,
        /// How.
        refusal: AdminRefusal,
    },
    /// A client that listens has connected.
    Listens {
        /// Which.
        client: String,
        /// With which key.
        key: ApiKeyId,
    },
    /// The websocket of a client that listens has ended.
    CutOff {
        /// Which.
        client: String,
        /// With which key it listened.
        key: ApiKeyId,
    },
    /// A client that was cut off is not let in again.
    CannotComeBack {
        /// Which.
        client: String,
        /// Why.
        why: Away,
    },
}
