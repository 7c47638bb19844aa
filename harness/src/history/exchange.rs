//! One request of the function, as it was sent, and what became of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, Method, Uri};
use keywheel_emulator::fault::Verdict;
use keywheel_emulator::ids::{ApiKeyId, InvocationNumber, Step};
use keywheel_emulator::time::Timestamp;
use serde_json::Value;

use super::write_line;

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
    /// The fault that struck.
    pub fault: Option<Verdict>,
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

    /// The type of an error that came back, or of what a websocket said.
    pub fn error_type(&self) -> Option<String> {
        let Seen::Answer { headers, body, .. } = &self.outcome else {
            return None;
        };
        let header = headers.get("x-amzn-errortype");
        let header = header.and_then(|code| code.to_str().ok());
        header.map(str::to_owned).or_else(|| {
            let value: Value = serde_json::from_slice(body).ok()?;
            let kind = value.get("__type").or_else(|| value.get("type"));
            kind.and_then(Value::as_str).map(str::to_owned)
        })
    }

    /// Is this another try of an earlier request?
    pub fn is_retry_of(&self, first: &Self) -> bool {
        first.caller == self.caller
            && first.operation == self.operation
            && first.uri == self.uri
            && first.body == self.body
            && self.number > first.number
    }

    pub(super) fn write_raw(&self, at: Timestamp, text: &mut String) {
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
