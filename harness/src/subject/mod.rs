//! The rotation function under test.

pub mod builtin;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};

use keywheel_emulator::ids::{SecretArn, Step, VersionId};

/// What Secrets Manager hands to a rotation function.
#[derive(Clone)]
pub struct Event {
    /// The step, as text, since a test may send one that does not exist.
    pub step: String,
    /// The full ARN of the secret [U].
    pub secret: SecretArn,
    /// The version that the rotation makes.
    pub token: VersionId,
    /// The service's proof that the rotation is its own.
    pub rotation_token: Option<String>,
}

impl Event {
    /// The step, where it is one of the four.
    pub fn known_step(&self) -> Option<Step> {
        self.step.parse().ok()
    }
}

/// What a function tells when it fails: the stable type and the message that Lambda would show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionFailure {
    /// The error type.
    pub error_type: String,
    /// The message.
    pub message: String,
}

impl fmt::Display for FunctionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.message)
    }
}

/// What the outside gives to a function: the only ways by which it can act or know the time.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// All its requests go through here.
    pub http: SharedHttpClient,
    /// The same way, for requests that no SDK makes.
    pub connector: SharedHttpConnector,
    /// Its clock.
    pub time: SharedTimeSource,
    /// Its way to wait.
    pub sleep: SharedAsyncSleep,
    /// Its environment variables, in order.
    pub environment: Vec<(String, String)>,
    /// Its Region.
    pub region: String,
}

/// A future that a function runs in.
pub type StepFuture<'a> = Pin<Box<dyn Future<Output = Result<(), FunctionFailure>> + Send + 'a>>;

/// A started rotation function: what survives between the invocations of a warm Lambda.
pub trait Function: Send + Sync {
    /// Runs one step. It should have answered before `deadline`, on its own clock.
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_>;
}

/// A rotation function that can be started.
pub trait Subject: Send + Sync {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// A cold start. An error is what Lambda calls an init error: every step fails with it.
    ///
    /// # Errors
    /// The failure that each invocation answers with.
    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure>;
}
