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
        let ended = race(self.api.environments().end(), self.process.end());
        let result = match race(answered, ended).await {
            Either::Left(Ok(result)) => result,
            Either::Left(Err(_)) => Err(crashed(&request_id, "no answer")),
            Either::Right(Either::Left(status) | Either::Right(status)) => {
                Err(crashed(&request_id, &status))
            }
        };
        self.process.flush().await;
        result
    }

    /// Can the environment run another event?
    pub fn is_running(&self) -> bool {
        let phase = self.api.environments().phase();
        !self.process.has_ended() && matches!(phase, Phase::Running(_))
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;

    use super::*;
    use crate::connection::Answer;
    use crate::fault::Caller;
    use crate::ids::FunctionArn;
    use crate::invoke::{BoxFuture, Dropped};
    use crate::state::lambda::deployment::Deployment;
    use crate::time::Timestamp;

    /// Answers nothing.
    struct Nobody;

    impl Gateway for Nobody {
        fn answer(&self, _: Request<Body>, _: Option<Caller>) -> BoxFuture<'_, Answer> {
            Box::pin(async { Err(Dropped) })
        }

        fn now(&self) -> Timestamp {
            Timestamp::EPOCH
        }

        fn log(&self, _: &Scope, _: &str, _: &str, _: &[String]) {}

        fn credentials(&self, deployment: &Deployment) -> FunctionCredentials {
            FunctionCredentials::of_account(&deployment.scope)
        }
    }

    fn context(number: u8) -> InvocationContext {
        InvocationContext {
            caller: None,
            request_id: format!("00000000-0000-0000-0000-0000000000{number:02}"),
            function: FunctionArn::new("arn:aws:lambda:us-east-1:000000000000:function:f"),
            scope: Scope::default(),
            timeout: Duration::from_secs(20),
            endpoint_url: Arc::from(""),
            log_stream: Arc::from("s"),
            gateway: Arc::new(Nobody),
        }
    }

    async fn run(prepared: &Prepared, number: u8) -> RunResult {
        prepared.run_event("{}".into(), context(number)).await
    }

    fn silent() -> Lines {
        Arc::new(|_| {})
    }

    #[tokio::test]
    async fn code_is_loaded_once_and_new_in_each_environment() {
        let folder = tempfile::tempdir().unwrap();
        let source = "import os\nloaded = os.getpid()\ncount = 0\ndef handler(event, context):\n    \
                      global count\n    count += 1\n    if count == 3:\n        os._exit(7)\n    \
                      return [loaded, count]\n";
        std::fs::write(folder.path().join("f.py"), source).unwrap();
        let code = LocalCode {
            root: folder.path().to_owned(),
            handler: "f.handler".to_owned(),
            runtime: LocalRuntime::Python("python3".into()),
            memory_mb: 128,
        };
        let prepared = Prepared::start(&code, &[], Arc::new(Nobody), silent()).await;
        let prepared = prepared.map_err(|why| format!("{why:?}")).unwrap();
        let mut answers = Vec::new();
        for environment in 0..2 {
            assert!(prepared.begin(Arc::new(Nobody), silent()).await);
            answers.push(run(&prepared, environment * 3).await.unwrap());
            answers.push(run(&prepared, environment * 3 + 1).await.unwrap());
            let died = run(&prepared, environment * 3 + 2).await.unwrap_err();
            assert!(died.message.contains("exit status 7"), "{}", died.message);
            assert!(!prepared.is_running());
            assert!(prepared.end());
        }
        assert_eq!(answers[..2], answers[2..]);
        assert_ne!(answers[0], answers[1]);
    }

    #[tokio::test]
    async fn code_that_cannot_be_loaded_says_why() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f.py"), "import no_such_module\n").unwrap();
        let code = LocalCode {
            root: folder.path().to_owned(),
            handler: "f.handler".to_owned(),
            runtime: LocalRuntime::Python("python3".into()),
            memory_mb: 128,
        };
        let started = Prepared::start(&code, &[], Arc::new(Nobody), silent()).await;
        let Err(Unprepared::Failed(failure)) = started else {
            panic!("it was loaded");
        };
        assert_eq!(failure.error_type, "Runtime.ImportModuleError");
    }
}
