//! What the harness saw, in order: every request with its outcome, and everything that the
//! scenario, the service and the world did.
//!
//! Requests are kept as they were, so that two runs can be compared byte for byte. People read the
//! normalised form that [`crate::report`] makes of it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, Method, Uri};

use keywheel_emulator::ids::{ApiKeyId, InvocationNumber, Step};
use keywheel_emulator::time::Timestamp;
use serde_json::Value;

/// Everything that happened in one run.
#[derive(Debug, Default)]
pub struct History {
    events: Vec<Event>,
}

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    /// When, on the world's calendar.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug)]
pub enum What {
    /// A request of the function, and what became of it.
    Call(Box<Exchange>),
    /// An invocation began.
    Started {
        /// Its number.
        invocation: u64,
        /// The step, as sent.
        step: String,
        /// The token's name.
        token: String,
    },
    /// An invocation ended.
    Ended {
        /// Its number.
        invocation: u64,
        /// How.
        end: InvocationEnd,
    },
    /// Something that a person or the world did.
    Admin(String),
    /// A line of the scenario begins.
    Statement {
        /// The line.
        line: usize,
        /// Its text.
        text: String,
    },
    /// A service event.
    Service(String),
    /// An oracle objects.
    Violation(String),
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

/// One request and what became of it.
#[derive(Debug)]
pub struct Exchange {
    /// The request's number in the run.
    pub number: u64,
    /// The invocation that sent it.
    pub caller: Option<(InvocationNumber, Step)>,
    /// The operation.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The target.
    pub uri: Uri,
    /// The headers, as sent.
    pub headers: HeaderMap,
    /// The body, as sent.
    pub body: Bytes,
    /// The outcome.
    pub outcome: Seen,
    /// The word of the fault that struck.
    pub fault: Option<String>,
}

/// What the function saw.
#[derive(Debug)]
pub enum Seen {
    /// An answer.
    Answer {
        /// Status.
        status: u16,
        /// Headers.
        headers: HeaderMap,
        /// Body.
        body: Bytes,
    },
    /// A closed connection.
    Dropped,
    /// Nothing.
    Silence,
    /// Its own end.
    Killed,
}

impl History {
    /// Adds an event.
    pub fn add(&mut self, at: Timestamp, what: What) {
        self.events.push(Event { at, what });
    }

    /// All events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// All requests, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Exchange> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Call(exchange) => Some(&**exchange),
            _ => None,
        })
    }

    /// The whole run with every header and byte, for comparing runs. It holds keys: it is never
    /// printed or written.
    pub fn raw(&self) -> String {
        let mut text = String::new();
        for event in &self.events {
            match &event.what {
                What::Call(exchange) => exchange.write_raw(event.at, &mut text),
                other => write_line(&mut text, event.at, format_args!("{other:?}")),
            }
        }
        text
    }
}

fn write_line(text: &mut String, at: Timestamp, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{} {what}", at.as_millis()).expect("writing to a text cannot fail");
}

impl Exchange {
    /// The key that a request to a data plane shows: in a header or, for a websocket, in one of the
    /// subprotocols.
    pub fn shown_key(&self) -> Option<ApiKeyId> {
        let text = |name: &str| self.headers.get(name)?.to_str().ok();
        if let Some(key) = text("x-api-key") {
            return Some(ApiKeyId::new(key));
        }
        let mut offers = text(SEC_WEBSOCKET_PROTOCOL.as_str())?.split(", ");
        let coded = offers.find_map(|offer| offer.strip_prefix("header-"))?;
        let shown = URL_SAFE_NO_PAD.decode(coded).ok()?;
        let shown: Value = serde_json::from_slice(&shown).ok()?;
        Some(ApiKeyId::new(shown.get("x-api-key")?.as_str()?))
    }

    /// The key that a data plane has let in.
    pub fn accepted_key(&self) -> Option<ApiKeyId> {
        let Seen::Answer { status, body, .. } = &self.outcome else {
            return None;
        };
        let is_accepted = match self.operation {
            "GraphQL" => *status == 200,
            "EventConnect" => {
                let said: Value = serde_json::from_slice(body).unwrap_or_default();
                said["type"] == "connection_ack"
            }
            _ => false,
        };
        self.shown_key().filter(|_| is_accepted)
    }

    fn write_raw(&self, at: Timestamp, text: &mut String) {
        let Self {
            number,
            caller,
            method,
            uri,
            headers,
            body,
            outcome,
            fault,
            ..
        } = self;
        let sent = String::from_utf8_lossy(body);
        write_line(
            text,
            at,
            format_args!("#{number} {caller:?} {method} {uri} {headers:?} {sent} {fault:?}"),
        );
        match outcome {
            Seen::Answer {
                status,
                headers,
                body,
            } => {
                let got = String::from_utf8_lossy(body);
                write_line(
                    text,
                    at,
                    format_args!("#{number} = {status} {headers:?} {got}"),
                );
            }
            other => write_line(text, at, format_args!("#{number} = {other:?}")),
        }
    }
}
