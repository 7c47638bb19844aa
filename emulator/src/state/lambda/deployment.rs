//! What is handed out to be run.

use std::fmt;
use std::sync::Arc;

use crate::ids::{FunctionArn, Scope};

use super::arn_of;
use super::configuration::Configuration;

/// One version of a function, as it was when it was invoked.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The function's name.
    pub name: String,
    /// The ARN that it was invoked by, with the qualifier if there was one [D].
    pub invoked_arn: FunctionArn,
    /// `$LATEST` or a number.
    pub version: String,
    /// What it is.
    pub configuration: Arc<Configuration>,
    /// Its account and Region.
    pub scope: Scope,
}

impl Deployment {
    /// The function's ARN, without a qualifier.
    pub fn arn(&self) -> FunctionArn {
        arn_of(&self.scope, &self.name)
    }

    /// Where its output goes [D].
    pub fn log_group(&self) -> String {
        let group = &self.configuration.logging.group;
        group.clone().unwrap_or_else(|| log_group(&self.name))
    }
}

/// Where the output of a function goes, by its name [D].
pub fn log_group(name: &str) -> String {
    format!("/aws/lambda/{name}")
}

/// An invocation that somebody asked for by Invoke.
#[derive(Clone)]
pub struct FunctionCall {
    /// What is to be run.
    pub deployment: Deployment,
    /// The event.
    pub payload: Vec<u8>,
    /// Its request id.
    pub request_id: String,
    /// Does the caller wait for the end?
    pub is_awaited: bool,
    /// Does the caller want the last lines of the log?
    pub wants_log: bool,
    /// What a client says of itself, in base64 as it came; the function is told it.
    pub client_context: Option<String>,
}

impl FunctionCall {
    /// The HTTP status of the answer, however the function ends [D].
    pub fn status(&self) -> u16 {
        if self.is_awaited { 200 } else { 202 }
    }
}

/// Without the payload: it may hold a secret.
impl fmt::Debug for FunctionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionCall")
            .field("function", &self.deployment.invoked_arn)
            .field("request_id", &self.request_id)
            .field("is_awaited", &self.is_awaited)
            .finish_non_exhaustive()
    }
}
