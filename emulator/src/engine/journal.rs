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

impl Entry {
    /// The texts of an entry that come from a call or a secret. All else are names that the
    /// emulator knows by itself, and numbers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match &self.what {
            What::Call {
                operation,
                error,
                fault,
                ..
            } => [Some(&**operation), error.as_deref(), fault.as_deref()],
            What::Event {
                secret, message, ..
            } => [Some(secret.as_str()), message.as_deref(), None],
        };
        texts.into_iter().flatten()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of an entry as it is served is either told by `texts` or a constant.
    #[test]
    fn no_text_of_an_entry_is_left_out() {
        let call = What::Call {
            service: "secretsmanager",
            operation: Cow::Borrowed("an-operation"),
            invocation: Some(InvocationNumber(7)),
            step: Some(Step::SetSecret),
            status: Some(400),
            error: Some(Cow::Borrowed("an-error")),
            fault: Some("a-fault".to_owned()),
        };
        let event = What::Event {
            name: "RotationFailed",
            secret: "a-secret".to_owned(),
            message: Some("a-message".to_owned()),
        };
        let constants = [
            "call",
            "event",
            "secretsmanager",
            "setSecret",
            "RotationFailed",
        ];
        for what in [call, event] {
            let entry = Entry {
                number: 1,
                at: Timestamp::EPOCH,
                what,
            };
            let served = serde_json::to_value(&entry).unwrap();
            let texts: Vec<&str> = entry.texts().collect();
            for (name, value) in served.as_object().unwrap() {
                if let Some(text) = value.as_str().filter(|_| name != "at") {
                    let is_told = texts.contains(&text) || constants.contains(&text);
                    assert!(is_told, "{name} is left out");
                }
            }
        }
    }
}
