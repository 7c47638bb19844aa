//! The rotation function under test: [`builtin`] and mutants in process and in virtual time,
//! [`process`] and [`url`] elsewhere and in real time.

pub mod builtin;
mod door;
mod not_started;
mod output;
mod pool;
pub mod process;
pub mod sdk;
mod socket;
mod unconnected;
pub mod url;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};

use keywheel_emulator::invoke::StepFailure;

use crate::call::Wire;
use crate::clock::Pace;
use crate::scenario::Holds;
use crate::subject::sdk::Retries;

pub use crate::event::Event;
pub use not_started::NotStarted;

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

impl From<StepFailure> for FunctionFailure {
    fn from(failure: StepFailure) -> Self {
        Self {
            error_type: failure.error_type,
            message: failure.message,
        }
    }
}

impl FunctionFailure {
    /// That of an invocation that a call has ended.
    pub(crate) fn killed() -> Self {
        Self {
            error_type: "Runtime.ExitError".to_owned(),
            message: "the invocation was killed".to_owned(),
        }
    }

    /// That of one that panicked.
    pub(crate) fn panicked() -> Self {
        Self {
            error_type: "Runtime.Panic".to_owned(),
            message: "the function panicked".to_owned(),
        }
    }

    /// That of one that had not answered by its deadline.
    pub(crate) fn timed_out() -> Self {
        Self {
            error_type: "Runtime.Timeout".to_owned(),
            message: "the function had not answered by its deadline".to_owned(),
        }
    }

    /// Was the invocation ended by a call?
    pub(crate) fn is_killed(&self) -> bool {
        *self == Self::killed()
    }

    /// Has the execution environment ended with the invocation? Lambda names such errors so.
    pub(crate) fn has_ended_environment(&self) -> bool {
        self.error_type.starts_with("Runtime.")
    }
}

/// The failure of a function that is started where nobody can call it.
fn no_world() -> FunctionFailure {
    FunctionFailure {
        error_type: "Keywheel.CannotRun".to_owned(),
        message: "there is no world to run in".to_owned(),
    }
}

/// What the outside gives to a function: the only ways by which it can act or know the time.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// All its requests go through here.
    pub http: SharedHttpClient,
    /// The same way, for requests that no SDK makes.
    pub connector: SharedHttpConnector,
    /// The same way, for websockets and for requests that come in by a socket; none where there is
    /// no world.
    pub wire: Option<Wire>,
    /// Its clock.
    pub time: SharedTimeSource,
    /// Its way to wait.
    pub sleep: SharedAsyncSleep,
    /// Its environment variables, in order.
    pub environment: Vec<(String, String)>,
    /// Its Region.
    pub region: String,
    /// How its SDK clients retry.
    pub retries: Retries,
}

/// A future that a function runs in.
pub type StepFuture<'a> = Pin<Box<dyn Future<Output = Result<(), FunctionFailure>> + Send + 'a>>;

/// A started rotation function: what survives between the invocations of a warm Lambda.
pub trait Function: Send + Sync {
    /// Runs one step. It should have answered before `deadline`, on its own clock.
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_>;

    /// What it has printed for others to read, besides its log: metrics, debug forms.
    fn output(&self) -> String {
        String::new()
    }
}

/// The operations that the published IAM policy of a key rotator allows, and both data planes, which
/// ask for no IAM permission.
pub const PUBLISHED_POLICY: [&str; 12] = [
    "DescribeSecret",
    "GetSecretValue",
    "PutSecretValue",
    "UpdateSecretVersionStage",
    "ListApiKeys",
    "CreateApiKey",
    "UpdateApiKey",
    "DeleteApiKey",
    "GetGraphqlApi",
    "GetApi",
    "GraphQL",
    "EventConnect",
];

/// The operations that the rotation of a password needs.
pub const PASSWORD_POLICY: [&str; 5] = [
    "DescribeSecret",
    "GetSecretValue",
    "PutSecretValue",
    "UpdateSecretVersionStage",
    "GetRandomPassword",
];

/// How a function runs that is not in this process.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// Its name in reports.
    pub name: String,
    /// How long one invocation of it may take at most, whatever the scenario says.
    pub time_limit: Duration,
    /// What its secrets hold, if somebody has said it.
    pub holds: Option<Holds>,
}

/// A rotation function that can be started.
pub trait Subject: Send + Sync {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// The operations that it may call.
    fn policy(&self) -> &'static [&'static str] {
        &PUBLISHED_POLICY
    }

    /// How it runs, if it is not in this process.
    fn elsewhere(&self) -> Option<&Elsewhere> {
        None
    }

    /// How time passes while it runs: as for everybody, where it is not in this process.
    fn pace(&self) -> Pace {
        match self.elsewhere() {
            None => Pace::Virtual,
            Some(_) => Pace::Real,
        }
    }

    /// What its secrets hold; none if it is not known.
    fn holds(&self) -> Option<Holds> {
        match self.elsewhere() {
            None => Some(Holds::Key),
            Some(elsewhere) => elsewhere.holds,
        }
    }

    /// How long an invocation may take at most, whatever the scenario says.
    fn time_limit(&self) -> Option<Duration> {
        self.elsewhere().map(|elsewhere| elsewhere.time_limit)
    }

    /// How many runs may go on at once; none if that is all the same.
    fn runs_at_once(&self) -> Option<usize> {
        None
    }

    /// Is it known which of two invocations that run at once makes a call?
    fn tells_callers_apart(&self) -> bool {
        true
    }

    /// Can it start at all? Asked once, before anything is judged: one that cannot would fail in
    /// every run.
    ///
    /// # Errors
    /// Why it cannot, and what to try.
    fn check(&self) -> Result<(), NotStarted> {
        Ok(())
    }

    /// A cold start. An error is what Lambda calls an init error: every step fails with it.
    ///
    /// # Errors
    /// The failure that each invocation answers with.
    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure>;
}

/// A function that lives as long as the program.
impl Subject for &'static dyn Subject {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn policy(&self) -> &'static [&'static str] {
        (**self).policy()
    }

    fn elsewhere(&self) -> Option<&Elsewhere> {
        (**self).elsewhere()
    }

    fn check(&self) -> Result<(), NotStarted> {
        (**self).check()
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        (**self).start(surroundings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_policy_is_the_one_that_is_published() {
        let text = include_str!("../../../rotator/deploy/iam-policy.json");
        let published: Value = serde_json::from_str(text).expect("the policy is JSON");
        let statements = published["Statement"].as_array().into_iter().flatten();
        let actions = statements.flat_map(|statement| statement["Action"].as_array());
        let actions: Vec<&str> = actions.flatten().filter_map(Value::as_str).collect();
        let data_planes = ["GraphQL", "EventConnect"];
        let own = PUBLISHED_POLICY.strip_suffix(&data_planes);
        let names = |service| {
            let of_service = actions
                .iter()
                .filter_map(move |action| action.strip_prefix(service));
            of_service.collect::<Vec<_>>()
        };
        let allowed = [names("secretsmanager:"), names("appsync:")].concat();
        assert_eq!(own, Some(&allowed[..]));
    }
}
