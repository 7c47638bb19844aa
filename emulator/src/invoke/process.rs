//! A rotation function that is a local process and asks for its events by the Lambda Runtime API.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::process::Command;

use crate::ids::Scope;
use crate::race::{Either, race};
use crate::state::lambda::deployment::log_group;

use super::environment::{self, FunctionCredentials, Surroundings};
use super::function_error::{FunctionFailure, RunResult};
use super::function_log::FunctionLog;
use super::process_group::{LineSink, ProcessGroup, exited_with};
use super::run::Run;
use super::runtime_api::RuntimeApi;
use super::workshop::Workshop;
use super::{BoxFuture, InvocationContext, RotationEvent, RotationFunction, StepResult};

/// Takes the lines that a function writes: its name and the line.
pub type LogSink = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// A command that runs a Lambda function: a bootstrap, or an interpreter with a runtime client.
///
/// One process at a time; it is kept between runs, as a warm Lambda is, and started again when it
/// has died or was killed.
pub struct LambdaProcess {
    name: String,
    command: String,
    log: LogSink,
    environment: Vec<(String, String)>,
    /// Whoever runs the function holds this; the others wait.
    turn: tokio::sync::Mutex<()>,
    sandbox: Mutex<Option<Arc<Sandbox>>>,
}

/// A process and the port that it talks to.
struct Sandbox {
    scope: Scope,
    api: RuntimeApi,
    process: ProcessGroup,
    _workshop: Arc<Workshop>,
}

impl LambdaProcess {
    /// A function that `sh -c` runs. Its output becomes log events of this process.
    pub fn new(name: impl Into<String>, command: impl Into<String>) -> Self {
        let log = |function: &str, line: &str| tracing::info!(function, "{line}");
        Self {
            name: name.into(),
            command: command.into(),
            log: Arc::new(log),
            environment: Vec::new(),
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

    /// Gives the process these variables besides those of Lambda.
    #[must_use]
    pub fn environment(mut self, variables: Vec<(String, String)>) -> Self {
        self.environment = variables;
        self
    }

    /// Runs the function with an event of any form. Dropping the future kills the run.
    pub async fn run_event(&self, event: Bytes, context: InvocationContext) -> RunResult {
        let _turn = self.turn.lock().await;
        let request_id = context.request_id.clone();
        let sandbox = self.warm_sandbox(&context).await.map_err(|error| {
            let message = format!("RequestId: {request_id} Error: cannot start: {error}");
            FunctionFailure::new("Runtime.InvalidEntrypoint", message)
        })?;
        let unfinished = Unfinished(self);
        let answered = sandbox.api.offer(Run {
            event,
            request_id: request_id.clone(),
            function: context.function,
            timeout: context.timeout,
            client_context: None,
            caller: context.caller,
        });
        let result = match race(answered, sandbox.process.end()).await {
            Either::Left(Ok(result)) => result,
            Either::Left(Err(_)) => return Err(crashed(&request_id, &exited_with("no answer"))),
            Either::Right(status) => return Err(crashed(&request_id, &status)),
        };
        if result.as_ref().is_err_and(FunctionFailure::is_too_large) {
            // Most clients end when they are told so.
            return result;
        }
        // It has ended: the process may stay.
        std::mem::forget(unfinished);
        sandbox.process.flush().await;
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
        let workshop = Workshop::open()?;
        let command = self.command(context, &api);
        let sink = self.sink(context);
        let process = ProcessGroup::start(command, &workshop.bench()?, &sink)?;
        let sandbox = Arc::new(Sandbox {
            scope: context.scope.clone(),
            api,
            process,
            _workshop: workshop,
        });
        *self.sandbox() = Some(Arc::clone(&sandbox));
        Ok(sandbox)
    }

    /// Lines go to whoever embeds the server, and to the function's log group.
    fn sink(&self, context: &InvocationContext) -> LineSink {
        let (name, log) = (self.name.clone(), Arc::clone(&self.log));
        let gateway = Arc::clone(&context.gateway);
        let stream = context.log_stream.to_string();
        let group = log_group(context.name());
        let function_log = FunctionLog::new(gateway, context.scope.clone(), group, stream);
        Arc::new(move |lines: &[String]| {
            for line in lines {
                log(&name, line);
            }
            function_log.write(lines);
        })
    }

    fn command(&self, context: &InvocationContext, api: &RuntimeApi) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(&self.command);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(environment::is_withheld) {
                command.env_remove(name);
            }
        }
        let name = context.name();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(environment::variables(&Surroundings {
            name,
            version: "$LATEST",
            memory_mb: 128,
            handler: "bootstrap",
            log_group: &log_group(name),
            log_stream: &context.log_stream,
            scope: &context.scope,
            runtime: api.address(),
            credentials: &FunctionCredentials::of_account(&context.scope),
        }));
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
        Box::pin(async move {
            let result = self.run_event(event.to_json().into(), context).await;
            // What the function returned is looked at by nobody [D].
            result.map(drop).map_err(FunctionFailure::into_step_failure)
        })
    }

    fn run(&self, event: Bytes, context: InvocationContext) -> BoxFuture<'_, RunResult> {
        Box::pin(self.run_event(event, context))
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

fn crashed(request_id: &str, how: &str) -> FunctionFailure {
    let message = format!("RequestId: {request_id} Error: {how}");
    FunctionFailure::new("Runtime.ExitError", message)
}
