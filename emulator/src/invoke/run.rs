//! One run of a function that asks for its events by the Runtime API.

use std::time::Duration;

use bytes::Bytes;

use crate::fault::Caller;
use crate::ids::FunctionArn;

/// What is run, and for how long.
#[derive(Clone)]
pub struct Run {
    /// The event.
    pub event: Bytes,
    /// Its request id.
    pub request_id: String,
    /// The function, by the ARN that it was invoked by.
    pub function: FunctionArn,
    /// How long it may take.
    pub timeout: Duration,
    /// What a client says of itself, in base64.
    pub client_context: Option<String>,
    /// The rotation step that it is, if it is one.
    pub caller: Option<Caller>,
}
