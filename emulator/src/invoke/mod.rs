//! How a rotation function is run.
//!
//! In reading order: this file (the contract) · [`event`] what a function is told ·
//! [`in_process`] a closure · [`lambda_http`] a URL that takes events · [`process`] a local process
//! that speaks the Lambda Runtime API · [`outlet`] where a function that runs elsewhere makes its
//! calls.
//!
//! Functions that were created: [`host`] runs them, each in a `sandbox` that is made by its
//! runtime's rules (`launch`) from code that was unpacked (`unpack`) into the `workshop`; [`confine`]
//! takes from it what it must not have; what it writes goes through `function_log`, and how it ends is told by [`function_error`].
//!
//! Code that lies in a folder of somebody's is run there: [`LocalCode`]; loaded once for many
//! environments: [`Prepared`].
//!
//! What all processes have: [`environment`], [`run`], `runtime_api`, `process_group`, `memory`,
//! `orphans`.
//!
//! Whoever drops the future of an invocation kills it: time-outs and kill faults do.

pub mod confine;
pub mod environment;
mod environments;
pub mod event;
pub mod function_error;
pub(crate) mod function_log;
pub mod host;
pub mod in_process;
pub mod lambda_http;
mod launch;
mod local_code;
mod memory;
mod node_modules;
mod orphans;
pub mod outlet;
mod own_endpoints;
mod prepared;
pub mod process;
mod process_group;
pub mod run;
mod runtime_api;
mod sandbox;
mod unpack;
mod workshop;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Request;

pub use crate::connection::{Answer, Dropped};
pub use crate::state::rotations::{StepFailure, StepResult};
pub use confine::Confiner;
pub use environment::FunctionCredentials;
pub use event::RotationEvent;
pub use function_error::{FunctionFailure, RunResult};
pub use host::{FunctionHost, HostSettings, HostedRun};
pub use in_process::InProcess;
pub use lambda_http::LambdaUrl;
pub use launch::Interpreters;
pub use local_code::{LocalCode, LocalRuntime};
pub use outlet::Outlet;
pub use prepared::{Lines, Prepared, Unprepared};
pub use process::LambdaProcess;
pub use run::Run;
pub use unpack::unpack_into;
pub use workshop::{clear_leftovers, end_all};

use crate::fault::Caller;
use crate::ids::{FunctionArn, Scope};
use crate::state::lambda::LambdaSettings;
use crate::state::lambda::deployment::Deployment;
use crate::time::Timestamp;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A rotation function: it is run once for each step of a rotation.
pub trait RotationFunction: Send + Sync {
    /// Runs one step. Dropping the future kills the run.
    fn invoke(&self, event: RotationEvent, context: InvocationContext)
    -> BoxFuture<'_, StepResult>;

    /// Runs an event of any form, as Invoke does, and gives what the function returned. One that
    /// knows rotations only refuses others. Dropping the future kills the run.
    fn run(&self, event: Bytes, context: InvocationContext) -> BoxFuture<'_, RunResult> {
        Box::pin(async move {
            let event = RotationEvent::parse(&event)?;
            let result = self.invoke(event, context).await;
            let nothing = |()| Bytes::from_static(b"null");
            result.map(nothing).map_err(FunctionFailure::of)
        })
    }

    /// The server ends: whatever the function still holds is to be let go.
    fn shut_down(&self) {}
}

/// The emulator as a running function reaches it.
pub trait Gateway: Send + Sync {
    /// Answers one request. `caller` is the run that sends it, where that is known. A hanging
    /// answer is a future that never ends.
    fn answer(&self, request: Request<Body>, caller: Option<Caller>) -> BoxFuture<'_, Answer>;

    /// What the emulator's clock shows, for functions that can be given the time.
    fn now(&self) -> Timestamp;

    /// Takes what a function wrote.
    fn log(&self, scope: &Scope, group: &str, stream: &str, lines: &[String]);

    /// What is allowed of functions, and what AWS leaves open.
    fn lambda_settings(&self) -> LambdaSettings {
        LambdaSettings::default()
    }

    /// The keys that a created function signs its calls with.
    fn credentials(&self, deployment: &Deployment) -> FunctionCredentials;
}

/// What surrounds one run of a function.
#[derive(Clone)]
pub struct InvocationContext {
    /// The run and its step; none if it is no rotation's.
    pub caller: Option<Caller>,
    /// The request id: a UUID.
    pub request_id: String,
    /// The function that is run.
    pub function: FunctionArn,
    /// The account and the Region that the function calls in.
    pub scope: Scope,
    /// How long it may run.
    pub timeout: Duration,
    /// The emulator's address for clients: `http://127.0.0.1:4566`. Calls made there are known as
    /// calls of this run if they carry [`InvocationContext::session_token`].
    pub endpoint_url: Arc<str>,
    /// The stream of the function's log group that this run writes to.
    pub log_stream: Arc<str>,
    /// The emulator without a socket.
    pub gateway: Arc<dyn Gateway>,
}

impl InvocationContext {
    /// A session token for the run's credentials, by which its signed calls are known.
    pub fn session_token(&self) -> String {
        match self.caller {
            Some(caller) => format!("{SESSION_TOKEN_PREFIX}{}", caller.invocation),
            None => "keywheel".to_owned(),
        }
    }

    /// The name in the function's ARN.
    pub fn name(&self) -> &str {
        let arn = self.function.as_str();
        arn.split(':').nth(6).unwrap_or(arn)
    }
}

/// What the session tokens of runs begin with; the number of the invocation follows.
pub(crate) const SESSION_TOKEN_PREFIX: &str = "keywheel-invocation-";

impl fmt::Debug for InvocationContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvocationContext")
            .field("caller", &self.caller)
            .field("function", &self.function)
            .field("scope", &self.scope)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A failure in Lambda's words.
pub(crate) fn failure(error_type: &str, message: impl Into<String>) -> StepFailure {
    StepFailure {
        error_type: error_type.to_owned(),
        message: message.into(),
    }
}
