//! Runs created functions: cold or warm, as many at once as there may be environments.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::state::lambda::deployment::Deployment;
use crate::time::Stopwatch;

use super::Gateway;
use super::confine::Confiner;
use super::function_error::{FunctionFailure, RunResult};
use super::function_log::{FunctionLog, Report, TIMED_OUT, millis, stream_name};
use super::launch::Interpreters;
use super::run::Run;
use super::sandbox::{Ended, Plan, Sandbox};

/// How many environments wait for their next event at most; the one that has waited the longest
/// ends first.
const IDLE_MAX: usize = 32;

/// How functions are run.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// Where interpreters are.
    pub interpreters: Interpreters,
    /// What confines the functions' processes. Without it they have an environment of their own
    /// and can do all else that this process can.
    pub confiner: Option<Confiner>,
    /// How long a process may take to ask for its first event: 10 seconds on Lambda [D].
    pub init_timeout: Duration,
    /// How many invocations run at once; others wait.
    pub runs_max: usize,
}

impl Default for HostSettings {
    fn default() -> Self {
        Self {
            interpreters: Interpreters::default(),
            confiner: None,
            init_timeout: Duration::from_secs(10),
            runs_max: 64,
        }
    }
}

/// Everything that runs created functions.
pub struct FunctionHost {
    settings: HostSettings,
    places: Semaphore,
    shelf: Mutex<Shelf>,
}

/// The environments that wait.
#[derive(Default)]
struct Shelf {
    idle: Vec<(Deployment, Sandbox)>,
    is_closed: bool,
}

/// How a run ended, and the end of what it wrote.
pub struct HostedRun {
    /// What it returned, or how it failed.
    pub result: RunResult,
    /// The last lines of its log.
    pub log_tail: Vec<u8>,
}

impl FunctionHost {
    /// A host that runs nothing yet.
    pub fn new(settings: HostSettings) -> Self {
        Self {
            places: Semaphore::new(settings.runs_max),
            settings,
            shelf: Mutex::default(),
        }
    }

    /// Runs one event. Dropping the future ends the environment that runs it.
    pub async fn run(
        &self,
        deployment: &Deployment,
        run: Run,
        gateway: &Arc<dyn Gateway>,
    ) -> HostedRun {
        // The semaphore is never closed.
        let _place = self.places.acquire().await.ok();
        let request_id = run.request_id.clone();
        let (sandbox, log, init) = match self.take_idle(deployment) {
            Some(sandbox) => (Ok(sandbox.0), sandbox.1, None),
            None => self.start(deployment, &run, gateway).await,
        };
        log.begin(&request_id, &deployment.version);
        let stopwatch = Stopwatch::start();
        let mut memory_used_mb = 0;
        let (result, is_broken) = match sandbox {
            Err(failure) => (Err(failure), true),
            Ok(sandbox) => {
                let ended = sandbox.run(run).await;
                memory_used_mb = sandbox.memory_used_mb();
                match ended {
                    Ended::Answered(result) => {
                        self.put_idle(deployment, sandbox);
                        (result, false)
                    }
                    Ended::Broken(failure) => (Err(failure), true),
                }
            }
        };
        let result = result.map_err(|failure| {
            if is_broken {
                told(failure, &request_id, &log, gateway)
            } else {
                failure
            }
        });
        let broken = result.as_ref().err().filter(|_| is_broken);
        log.end(
            &request_id,
            &Report {
                duration: stopwatch.elapsed(),
                memory_mb: deployment.configuration.memory_mb,
                memory_used_mb,
                init_duration: init,
                error_type: broken.map(|failure| failure.error_type.as_str()),
            },
        );
        HostedRun {
            result,
            log_tail: log.take_tail(),
        }
    }

    /// A cold start. One that fails is tried once more, in the time of the invocation [D].
    async fn start(
        &self,
        deployment: &Deployment,
        run: &Run,
        gateway: &Arc<dyn Gateway>,
    ) -> (
        Result<Sandbox, FunctionFailure>,
        Arc<FunctionLog>,
        Option<Duration>,
    ) {
        let stream = stream_name(gateway.now(), &deployment.version, &run.request_id);
        let scope = deployment.scope.clone();
        let runtime = &deployment.configuration.runtime;
        let version_arn = runtime.version_arn(&scope.region);
        let log = FunctionLog::new(Arc::clone(gateway), scope, deployment.log_group(), stream);
        let log = log.in_format(deployment.configuration.logging.format.clone());
        let log = Arc::new(log);
        log.begin_environment(&runtime.version(), &version_arn);
        let plan = Plan {
            deployment,
            gateway,
            credentials: &gateway.credentials(deployment),
            interpreters: &self.settings.interpreters,
            confiner: self.settings.confiner.as_ref(),
            log: &log,
        };
        let phases = [
            ("init", self.settings.init_timeout),
            ("invoke", run.timeout),
        ];
        let mut failed = None;
        for (phase, limit) in phases {
            let stopwatch = Stopwatch::start();
            match begin(&plan, limit).await {
                Ok(sandbox) => return (Ok(sandbox), log, Some(stopwatch.elapsed())),
                Err(failure) => {
                    log.line(init_report(phase, stopwatch.elapsed(), &failure));
                    failed = Some(failure);
                }
            }
        }
        let never = || FunctionFailure::new("Runtime.Unknown", "no phase was tried");
        (Err(failed.unwrap_or_else(never)), log, None)
    }

    fn take_idle(&self, deployment: &Deployment) -> Option<(Sandbox, Arc<FunctionLog>)> {
        let mut shelf = self.shelf();
        let is_same = |other: &Deployment| {
            other.name == deployment.name
                && other.version == deployment.version
                && other.scope == deployment.scope
        };
        let is_current = |other: &Deployment| {
            other.configuration.revision_id == deployment.configuration.revision_id
        };
        // Dropped outside the lock: processes are killed there.
        let (mut of_function, others): (Vec<_>, Vec<_>) =
            shelf.idle.drain(..).partition(|(other, _)| is_same(other));
        shelf.idle = others;
        let at = of_function
            .iter()
            .rposition(|(other, sandbox)| is_current(other) && sandbox.is_usable());
        let taken = at.map(|at| of_function.remove(at).1);
        let (kept, stale): (Vec<_>, Vec<_>) = of_function
            .into_iter()
            .partition(|(other, sandbox)| is_current(other) && sandbox.is_usable());
        shelf.idle.extend(kept);
        drop(shelf);
        drop(stale);
        taken.map(|sandbox| {
            let log = Arc::clone(&sandbox.log);
            (sandbox, log)
        })
    }

    fn put_idle(&self, deployment: &Deployment, sandbox: Sandbox) {
        let mut shelf = self.shelf();
        if shelf.is_closed {
            drop(shelf);
            drop(sandbox);
            return;
        }
        shelf.idle.push((deployment.clone(), sandbox));
        let excess = shelf.idle.len().saturating_sub(IDLE_MAX);
        let ended: Vec<_> = shelf.idle.drain(..excess).collect();
        drop(shelf);
        drop(ended);
    }

    /// Is there an environment that waits?
    pub fn has_idle(&self) -> bool {
        !self.shelf().idle.is_empty()
    }

    /// Ends the waiting environments of what is not deployed any more.
    pub fn retire(&self, mut is_current: impl FnMut(&Deployment) -> bool) {
        let mut shelf = self.shelf();
        let (kept, ended): (Vec<_>, Vec<_>) = shelf
            .idle
            .drain(..)
            .partition(|(deployment, _)| is_current(deployment));
        shelf.idle = kept;
        drop(shelf);
        drop(ended);
    }

    /// Ends all environments that wait, and each of the others once its run has ended.
    pub fn shut_down(&self) {
        let mut shelf = self.shelf();
        shelf.is_closed = true;
        let ended = std::mem::take(&mut shelf.idle);
        drop(shelf);
        drop(ended);
    }

    /// Are the functions' processes confined, as far as the system can?
    pub fn is_confined(&self) -> bool {
        self.settings.confiner.is_some()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn begin(plan: &Plan<'_>, limit: Duration) -> Result<Sandbox, FunctionFailure> {
    let sandbox = Sandbox::start(plan).await?;
    sandbox.started(limit).await?;
    Ok(sandbox)
}

fn init_report(phase: &str, duration: Duration, failure: &FunctionFailure) -> String {
    let duration = millis(duration);
    let error_type = &failure.error_type;
    if error_type == TIMED_OUT {
        return format!(
            "INIT_REPORT Init Duration: {duration} ms\tPhase: {phase}\tStatus: timeout"
        );
    }
    format!(
        "INIT_REPORT Init Duration: {duration} ms\tPhase: {phase}\tStatus: error\tError Type: \
         {error_type}"
    )
}

/// Writes why the environment broke, and names the request in what the caller is told [U]. What
/// the function said itself is passed on as it is.
fn told(
    failure: FunctionFailure,
    request_id: &str,
    log: &FunctionLog,
    gateway: &Arc<dyn Gateway>,
) -> FunctionFailure {
    let FunctionFailure {
        error_type,
        message,
        ..
    } = &failure;
    let is_own = !matches!(
        error_type.as_str(),
        TIMED_OUT | "Runtime.ExitError" | "Runtime.InvalidEntrypoint"
    );
    if is_own {
        return failure;
    }
    if error_type == TIMED_OUT {
        log.line(format!("{} {request_id} {message}", gateway.now()));
    } else {
        log.write(&[
            format!("RequestId: {request_id} Error: {message}"),
            error_type.clone(),
        ]);
    }
    FunctionFailure::new(
        error_type,
        format!("RequestId: {request_id} Error: {message}"),
    )
}
