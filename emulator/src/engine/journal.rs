//! What the emulator saw: calls and service events, in order, without any secret.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::Serialize;

use crate::ids::{InvocationNumber, Step};
use crate::time::Timestamp;

/// How many entries are kept; the oldest go first.
pub const CAPACITY: usize = 10_000;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its number, counted from 1 and never reused.
    pub number: u64,
    /// When, on the emulator's clock.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum What {
    /// A request and what became of it.
    #[serde(rename_all = "camelCase")]
    Call {
        /// The service.
        service: &'static str,
        /// The operation.
        operation: Cow<'static, str>,
        /// The invocation that sent it, where known.
        #[serde(skip_serializing_if = "Option::is_none")]
        invocation: Option<InvocationNumber>,
        /// The step of that invocation.
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<Step>,
        /// The HTTP status of the answer; none if there was none.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The error code of the answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Cow<'static, str>>,
        /// The fault that struck, as its word.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// Something that the rotation service did, as CloudTrail names it [D].
    #[serde(rename_all = "camelCase")]
    Event {
        /// `RotationStarted`, `RotationSucceeded`, …
        name: &'static str,
        /// The secret's ARN.
        secret: String,
        /// What CloudTrail's errorMessage says.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// The journal: a bounded list of entries.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    pub(super) fn write(&mut self, at: Timestamp, what: What) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.written += 1;
        self.entries.push_back(Entry {
            number: self.written,
            at,
            what,
        });
    }

    /// The entries after number `after`, oldest first.
    pub fn since(&self, after: u64) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.number > after)
    }

    /// How many entries have ever been written.
    pub fn written(&self) -> u64 {
        self.written
    }
}
