//! Code that is loaded once and run in many environments, one after the other: a Python process forks
//! for each, one of Node.js loads the user's own modules anew. Its address stays the same, so that
//! clients which were made while it was loaded stay good, whatever world is behind it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::ids::Scope;
use crate::race::{Either, race};
use crate::state::lambda::deployment::log_group;

use super::environment::{FunctionCredentials, Surroundings, variables};
use super::environments::Phase;
use super::function_error::{FunctionFailure, RunResult};
use super::local_code::{LocalCode, LocalRuntime};
use super::process_group::{LineSink, ProcessGroup, kill_group};
use super::run::Run;
use super::runtime_api::RuntimeApi;
use super::workshop::Workshop;
use super::{Gateway, InvocationContext};

/// Takes the lines that the code writes.
pub type Lines = Arc<dyn Fn(&str) + Send + Sync>;

/// How long an environment that was killed may take to be gone.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A process that has loaded the code. Dropping it ends everything in it.
pub struct Prepared {
    api: RuntimeApi,
    process: ProcessGroup,
    forks: bool,
    lines: Arc<Mutex<Lines>>,
    _workshop: Arc<Workshop>,
}

/// Whether code can be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unprepared {
    /// It cannot start at all.
    Failed(FunctionFailure),
    /// It starts, but must be loaded anew for each environment: why.
    Unfit(String),
}

impl Prepared {
    /// Loads the code. `gateway` answers what it asks for meanwhile; `lines` gets what it writes.
    ///
    /// # Errors
    /// It cannot start, or cannot make environments.
    pub async fn start(
        code: &LocalCode,
        own: &[(String, String)],
        gateway: Arc<dyn Gateway>,
        lines: Lines,
    ) -> Result<Self, Unprepared> {
        let cannot = |error: io::Error| {
            let text = format!("cannot start: {error}");
            Unprepared::Failed(FunctionFailure::new("Runtime.InvalidEntrypoint", text))
        };
        let forks = match code.runtime {
            LocalRuntime::Python(_) => true,
            LocalRuntime::Node { .. } => false,
            LocalRuntime::Executable(_) => {
                return Err(Unprepared::Unfit("it is an executable".to_owned()));
            }
        };
        let api = RuntimeApi::listen(gateway).await.map_err(cannot)?;
        let workshop = Workshop::open().map_err(cannot)?;
        let bench = workshop.bench().map_err(cannot)?;
        let mut command = code.command(workshop.path(), &bench);
        let (name, scope) = ("under-test", Scope::default());
        command.env("KEYWHEEL_PREPARES", "1");
        code.give(&mut command, own, api.address());
        command.envs(variables(&Surroundings {
            name,
            version: "$LATEST",
            memory_mb: code.memory_mb,
            handler: &code.handler,
            log_group: &log_group(name),
            log_stream: "keywheel",
            scope: &scope,
            runtime: api.address(),
            credentials: &FunctionCredentials::of_account(&scope),
        }));
        let lines = Arc::new(Mutex::new(lines));
        let process = ProcessGroup::start(command, &bench, &sink(&lines)).map_err(cannot)?;
        let prepared = Self {
            api,
            process,
            forks,
            lines,
            _workshop: workshop,
        };
        prepared.loaded().await.map(|()| prepared)
    }

    /// Waits until the code is loaded.
    async fn loaded(&self) -> Result<(), Unprepared> {
        let environments = self.api.environments();
        let known = environments.reaches(|phase| *phase != Phase::Loading);
        match race(race(known, self.api.started()), self.process.end()).await {
            Either::Left(Either::Left(Phase::Unfit(reason))) => Err(Unprepared::Unfit(reason)),
            Either::Left(Either::Left(_) | Either::Right(Ok(()))) => Ok(()),
            Either::Left(Either::Right(Err(failure))) => {
                self.process.kill_and_flush().await;
                Err(Unprepared::Failed(failure))
            }
            Either::Right(status) => {
                self.process.kill_and_flush().await;
                Err(Unprepared::Failed(exited(&status)))
            }
        }
    }

    /// Begins an environment, whose calls go to `gateway` and whose lines to `lines`. False if the
    /// process cannot make another.
    pub async fn begin(&self, gateway: Arc<dyn Gateway>, lines: Lines) -> bool {
        let environments = self.api.environments();
        let waits = environments.reaches(|phase| *phase == Phase::Waiting);
        let waits = race(waits, self.process.end());
        let waits = tokio::time::timeout(END_TIMEOUT, waits).await;
        if !matches!(waits, Ok(Either::Left(_))) {
            return false;
        }
        self.api.lead_to(gateway);
        *self.lines.lock().unwrap_or_else(PoisonError::into_inner) = lines;
        self.api.begin_environment();
        environments.want();
        true
    }

    /// Runs one event in the environment that has begun. Dropping the future leaves it busy: it must
    /// be ended then.
    pub async fn run_event(&self, event: Bytes, context: InvocationContext) -> RunResult {
        let request_id = context.request_id.clone();
        let answered = self.api.offer(Run {
            event,
            request_id: request_id.clone(),
            function: context.function,
            timeout: context.timeout,
            client_context: None,
            caller: context.caller,
        });
        let is_over = |phase: &Phase| matches!(phase, Phase::Ended(_));
        let ended = race(self.api.environments().reaches(is_over), self.process.end());
        let result = match race(answered, ended).await {
            Either::Left(Ok(result)) => result,
            Either::Left(Err(_)) => Err(crashed(&request_id, "no answer")),
            Either::Right(Either::Left(Phase::Ended(status)) | Either::Right(status)) => {
                Err(crashed(&request_id, &status))
            }
            Either::Right(Either::Left(_)) => Err(crashed(&request_id, "no answer")),
        };
        self.process.flush().await;
        result
    }

    /// Ends the environment, with all that it has started; the next begins when it is gone. False if
    /// the process cannot make another, and must be dropped.
    pub fn end(&self) -> bool {
        let is_idle = self.api.end_environment();
        match self.api.environments().phase() {
            _ if self.process.has_ended() => false,
            Phase::Running(Some(pid)) if self.forks => {
                kill_group(Some(pid));
                true
            }
            Phase::Running(_) if self.forks => false,
            Phase::Running(_) => is_idle,
            Phase::Ended(_) | Phase::Waiting => true,
            Phase::Loading | Phase::Unfit(_) | Phase::Wanted => false,
        }
    }
}

fn sink(lines: &Arc<Mutex<Lines>>) -> LineSink {
    let lines = Arc::clone(lines);
    Arc::new(move |written: &[String]| {
        let take = Arc::clone(&*lines.lock().unwrap_or_else(PoisonError::into_inner));
        for line in written {
            take(line);
        }
    })
}

fn exited(status: &str) -> FunctionFailure {
    let text = format!("Runtime exited with error: {status}");
    FunctionFailure::new("Runtime.ExitError", text)
}

fn crashed(request_id: &str, status: &str) -> FunctionFailure {
    let message = format!("RequestId: {request_id} Error: Runtime exited with error: {status}");
    FunctionFailure::new("Runtime.ExitError", message)
}
