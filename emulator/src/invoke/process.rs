//! A rotation function that is a local process and asks for its events by the Lambda Runtime API.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::process::Command;

use crate::ids::{FunctionArn, Scope};
use crate::race::{Either, race};

use super::environment;
use super::process_group::ProcessGroup;
use super::runtime_api::RuntimeApi;
use super::{
    BoxFuture, InvocationContext, RotationEvent, RotationFunction, StepFailure, StepResult, failure,
};

pub use super::process_group::LogSink;

/// A command that runs a Lambda function: a bootstrap, or an interpreter with a runtime client.
///
/// One process at a time; it is kept between runs, as a warm Lambda is, and started again when it
/// has died or was killed.
pub struct LambdaProcess {
    name: String,
    command: String,
    log: LogSink,
    /// Whoever runs the function holds this; the others wait.
    turn: tokio::sync::Mutex<()>,
    sandbox: Mutex<Option<Arc<Sandbox>>>,
}

/// A process and the port that it talks to.
struct Sandbox {
    scope: Scope,
    api: RuntimeApi,
    process: ProcessGroup,
}

impl LambdaProcess {
    /// A function that `sh -c` runs. Its output becomes log events of this process.
    pub fn new(name: impl Into<String>, command: impl Into<String>) -> Self {
        let log = |function: &str, line: &str| tracing::info!(function, "{line}");
        Self {
            name: name.into(),
            command: command.into(),
            log: Arc::new(log),
            turn: tokio::sync::Mutex::new(()),
            sandbox: Mutex::new(None),
        }
    }

    /// Sends the lines that the function writes to `sink` instead.
    #[must_use]
    pub fn log_to(mut self, sink: LogSink) -> Self {
        self.log = sink;
        self
    }

    async fn run(&self, event: RotationEvent, context: InvocationContext) -> StepResult {
        let _turn = self.turn.lock().await;
        let request_id = context.request_id.clone();
        let sandbox = self.warm_sandbox(&context).await.map_err(|error| {
            let message = format!("RequestId: {request_id} Error: cannot start: {error}");
            failure("Runtime.InvalidEntrypoint", message)
        })?;
        let unfinished = Unfinished(self);
        let answered = sandbox.api.offer(&event, context);
        let result = match race(answered, sandbox.process.end()).await {
            Either::First(Ok(result)) => result,
            Either::First(Err(_)) => return Err(crashed(&request_id, "no answer")),
            Either::Second(status) => return Err(crashed(&request_id, &status)),
        };
        // It has ended: the process may stay.
        std::mem::forget(unfinished);
        result
    }

    /// The process of the run before, or a new one.
    async fn warm_sandbox(&self, context: &InvocationContext) -> io::Result<Arc<Sandbox>> {
        let is_usable =
            |sandbox: &Sandbox| !sandbox.process.has_ended() && sandbox.scope == context.scope;
        if let Some(sandbox) = self.sandbox().clone().filter(|sandbox| is_usable(sandbox)) {
            return Ok(sandbox);
        }
        // The one before must be gone before the next begins.
        self.shut_down();
        let api = RuntimeApi::listen(Arc::clone(&context.gateway)).await?;
        let command = self.command(&context.function, &context.scope, &api);
        let process = ProcessGroup::start(command, &self.name, &self.log)?;
        let sandbox = Arc::new(Sandbox {
            scope: context.scope.clone(),
            api,
            process,
        });
        *self.sandbox() = Some(Arc::clone(&sandbox));
        Ok(sandbox)
    }

    fn command(&self, function: &FunctionArn, scope: &Scope, api: &RuntimeApi) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(&self.command);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(environment::is_withheld) {
                command.env_remove(name);
            }
        }
        command.envs(environment::variables(function, scope, api.address()));
        command
    }

    fn sandbox(&self) -> std::sync::MutexGuard<'_, Option<Arc<Sandbox>>> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RotationFunction for LambdaProcess {
    fn invoke(
        &self,
        event: RotationEvent,
        context: InvocationContext,
    ) -> BoxFuture<'_, StepResult> {
        Box::pin(self.run(event, context))
    }

    fn shut_down(&self) {
        // Dropped outside the lock: the process group is killed there.
        let sandbox = self.sandbox().take();
        drop(sandbox);
    }
}

/// A run that has not ended. Dropping it ends the process, which may be in the middle of anything.
struct Unfinished<'a>(&'a LambdaProcess);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

fn crashed(request_id: &str, status: &str) -> StepFailure {
    let message = format!("RequestId: {request_id} Error: Runtime exited with error: {status}");
    failure("Runtime.ExitError", message)
}
