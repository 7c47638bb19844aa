//! A rotation function that is a local process and asks for its events by the Lambda Runtime API.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::process::Command;

use crate::ids::Scope;
use crate::race::{Either, race};
use crate::state::lambda::deployment::log_group;

use super::environment::{self, FunctionCredentials, Surroundings};
use super::function_error::{FunctionFailure, RunResult};
use super::function_log::FunctionLog;
use super::local_code::LocalCode;
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
    program: Program,
    log: LogSink,
    environment: Vec<(String, String)>,
    /// What the process has instead of this process's own variables.
    inherited: Option<Vec<(OsString, OsString)>>,
    /// Whoever runs the function holds this; the others wait.
    turn: tokio::sync::Mutex<()>,
    sandbox: Mutex<Option<Arc<Sandbox>>>,
}

/// What a process runs.
enum Program {
    /// A command line, by `sh -c`.
    Shell(String),
    /// Code in a folder.
    Code(LocalCode),
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
        Self::of(name.into(), Program::Shell(command.into()))
    }

    /// A function whose code lies in a folder. AWS's own templates ask for the service at the
    /// address in `SECRETS_MANAGER_ENDPOINT`: they find it here, and so does whatever its variables
    /// say is at `https://….amazonaws.com`.
    pub fn of_code(name: impl Into<String>, code: LocalCode) -> Self {
        Self::of(name.into(), Program::Code(code))
    }

    fn of(name: String, program: Program) -> Self {
        let log = |function: &str, line: &str| tracing::info!(function, "{line}");
        Self {
            name,
            program,
            log: Arc::new(log),
            environment: Vec::new(),
            inherited: None,
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

    /// Lets the process inherit these variables instead of this process's own.
    #[must_use]
    pub fn inherit(mut self, variables: Vec<(OsString, OsString)>) -> Self {
        self.inherited = Some(variables);
        self
    }

    /// Starts the process, unless it runs already, and waits until it asks for an event.
    ///
    /// # Errors
    /// How it said that it cannot, or how it ended. One that does neither is waited for as long as
    /// the caller likes.
    pub async fn start(&self, context: &InvocationContext) -> Result<(), FunctionFailure> {
        let _turn = self.turn.lock().await;
        let sandbox = self.warm_sandbox(context).await.map_err(|error| {
            FunctionFailure::new(
                "Runtime.InvalidEntrypoint",
                format!("cannot start: {error}"),
            )
        })?;
        let result = match race(sandbox.api.started(), sandbox.process.end()).await {
            Either::Left(result) => result,
            Either::Right(status) => Err(crashed(&context.request_id, &status)),
        };
        if result.is_err() {
            // What it wrote says why.
            sandbox.process.kill_and_flush().await;
        }
        result
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
        let bench = workshop.bench()?;
        let sink = self.sink(context);
        let command = self.command(context, &api, &workshop, &bench);
        let process = ProcessGroup::start(command, &bench, &sink)?;
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

    fn command(
        &self,
        context: &InvocationContext,
        api: &RuntimeApi,
        workshop: &Workshop,
        bench: &Path,
    ) -> Command {
        let mut command = match &self.program {
            Program::Shell(line) => self.shell(line),
            Program::Code(code) => code.command(workshop.path(), bench),
        };
        let (handler, memory_mb) = match &self.program {
            Program::Shell(_) => ("bootstrap", 128),
            Program::Code(code) => (code.handler.as_str(), code.memory_mb),
        };
        let name = context.name();
        match &self.program {
            Program::Shell(_) => {
                command.envs(self.environment.iter().map(|(name, value)| (name, value)));
            }
            Program::Code(code) => code.give(&mut command, &self.environment, api.address()),
        }
        command.envs(environment::variables(&Surroundings {
            name,
            version: "$LATEST",
            memory_mb,
            handler,
            log_group: &log_group(name),
            log_stream: &context.log_stream,
            scope: &context.scope,
            runtime: api.address(),
            credentials: &FunctionCredentials::of_account(&context.scope),
        }));
        command
    }

    /// A command line with the variables that it inherits, but those that AWS's clients read.
    fn shell(&self, line: &str) -> Command {
        let inherited = match &self.inherited {
            Some(variables) => variables.clone(),
            None => std::env::vars_os().collect(),
        };
        let is_withheld = |name: &OsString| name.to_str().is_some_and(environment::is_withheld);
        let inherited = inherited.into_iter().filter(|(name, _)| !is_withheld(name));
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).env_clear().envs(inherited);
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
