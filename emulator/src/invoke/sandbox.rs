//! One execution environment: a process, its port, and where its output goes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::race::{Either, race};
use crate::state::lambda::deployment::Deployment;

use super::Gateway;
use super::confine::{Confinement, Confiner};
use super::environment::{ENDPOINT, FunctionCredentials, Surroundings, log_variables, variables};
use super::function_error::{FunctionFailure, RunResult};
use super::function_log::{FunctionLog, TIMED_OUT};
use super::launch::{self, Interpreters};
use super::memory;
use super::own_endpoints;
use super::process_group::{LineSink, ProcessGroup, exited_with};
use super::run::Run;
use super::runtime_api::RuntimeApi;
use super::unpack::unpack;
use super::workshop::Workshop;

/// How often is looked how much memory a function holds.
const MEMORY_INTERVAL: Duration = Duration::from_millis(100);

/// A running environment. Dropping it ends everything in it.
pub(super) struct Sandbox {
    api: RuntimeApi,
    process: ProcessGroup,
    memory_mb: u32,
    pub(super) log: Arc<FunctionLog>,
    bench: PathBuf,
    _workshop: Arc<Workshop>,
}

/// What an environment is made from.
pub(super) struct Plan<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) gateway: &'a Arc<dyn Gateway>,
    pub(super) credentials: &'a FunctionCredentials,
    pub(super) interpreters: &'a Interpreters,
    pub(super) confiner: Option<&'a Confiner>,
    pub(super) log: &'a Arc<FunctionLog>,
}

impl Sandbox {
    /// Unpacks the code where it is not yet, and starts the process.
    pub(super) async fn start(plan: &Plan<'_>) -> Result<Self, FunctionFailure> {
        let unusable = |error: io::Error| {
            FunctionFailure::new(
                "Runtime.InvalidEntrypoint",
                format!("cannot start: {error}"),
            )
        };
        let configuration = &plan.deployment.configuration;
        let (wanted, interpreters) = (Arc::clone(configuration), plan.interpreters.clone());
        let prepared = tokio::task::spawn_blocking(move || {
            let workshop = Workshop::open().map_err(unusable)?;
            let root = unpack(&wanted.code, &workshop).map_err(unusable)?;
            let program = launch::program(&wanted.runtime, &interpreters, &root, workshop.path())?;
            let bench = workshop.bench().map_err(unusable)?;
            Ok((workshop, program, root, bench))
        });
        let prepared = prepared
            .await
            .map_err(|panic| unusable(io::Error::other(panic)))?;
        let (workshop, program, root, bench) = prepared?;
        let api = RuntimeApi::listen(Arc::clone(plan.gateway))
            .await
            .map_err(unusable)?;
        let endpoint = format!("http://{}", api.address());
        let addresses = plan.gateway.lambda_settings().aws_addresses;
        let mut own = configuration.environment.clone().unwrap_or_default();
        plan.log
            .write(&own_endpoints::lead_here(&mut own, &endpoint, addresses));
        let confined = plan.confiner.map(|confiner| {
            let writable = workshop.writable(&bench);
            (confiner, Confinement { writable })
        });
        let confined = confined.as_ref();
        let command = launch::command(&program, configuration, &own, &root, &bench, confined);
        let mut command = command.map_err(unusable)?;
        command.envs(variables(&Surroundings {
            name: &plan.deployment.name,
            version: &plan.deployment.version,
            memory_mb: configuration.memory_mb,
            handler: &configuration.handler,
            log_group: &plan.log.group,
            log_stream: &plan.log.stream,
            scope: &plan.deployment.scope,
            runtime: api.address(),
            credentials: plan.credentials,
        }));
        // Whoever names an endpoint of its own means it.
        command.envs(own.get_key_value(ENDPOINT));
        command.envs(log_variables(&configuration.logging.format));
        let log = Arc::clone(plan.log);
        let sink: LineSink = Arc::new(move |lines: &[String]| log.write(lines));
        let process = ProcessGroup::start(command, &bench, &sink).map_err(unusable)?;
        Ok(Self {
            api,
            process,
            memory_mb: configuration.memory_mb,
            log: Arc::clone(plan.log),
            bench,
            _workshop: workshop,
        })
    }

    /// Can it take another event?
    pub(super) fn is_usable(&self) -> bool {
        !self.process.has_ended()
    }

    /// Waits until the process asks for its first event.
    pub(super) async fn started(&self, limit: Duration) -> Result<(), FunctionFailure> {
        let ended = async {
            match race(self.api.started(), self.process.end()).await {
                Either::Left(result) => result,
                Either::Right(status) => Err(exited(status)),
            }
        };
        let result = tokio::time::timeout(limit, ended).await;
        let result = result.unwrap_or_else(|_| Err(timed_out(limit)));
        if result.is_err() {
            self.process.kill_and_flush().await;
        }
        result
    }

    /// Runs one event. After a failure that is not the function's own word the environment is of
    /// no use any more.
    pub(super) async fn run(&self, run: Run) -> Ended {
        let timeout = run.timeout;
        let ended = race(
            self.api.offer(run),
            race(self.process.end(), self.outgrown()),
        );
        let ended = tokio::time::timeout(timeout, ended).await;
        let ended = match ended {
            // The client was told, and most clients end then.
            Ok(Either::Left(Ok(Err(failure)))) if failure.is_too_large() => Ended::Broken(failure),
            Ok(Either::Left(Ok(result))) => Ended::Answered(result),
            Ok(Either::Left(Err(_))) => Ended::Broken(exited(exited_with("no answer"))),
            Ok(Either::Right(Either::Left(status))) => Ended::Broken(exited(status)),
            Ok(Either::Right(Either::Right(()))) => {
                Ended::Broken(exited(exited_with("signal: killed")))
            }
            Err(_) => Ended::Broken(timed_out(timeout)),
        };
        if matches!(ended, Ended::Broken(_)) {
            // Nothing is to be written after the end has been told.
            self.process.kill_and_flush().await;
        } else {
            self.process.flush().await;
        }
        ended
    }

    /// Waits until the process and its children hold more memory than the function may.
    async fn outgrown(&self) {
        loop {
            tokio::time::sleep(MEMORY_INTERVAL).await;
            let held = self.process.id().and_then(memory::resident_kib);
            if held.is_some_and(|kib| kib > u64::from(self.memory_mb) * 1024) {
                return;
            }
        }
    }

    /// The most memory that the process has held, in MB.
    pub(super) fn memory_used_mb(&self) -> u64 {
        let peak = self.process.id().and_then(memory::peak_kib);
        peak.map_or(u64::from(self.memory_mb), |kib| kib.div_ceil(1024))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What cannot be removed goes with the workshop.
        let _ = std::fs::remove_dir_all(&self.bench);
    }
}

/// How a run ended.
pub(super) enum Ended {
    /// The function answered; it can be asked again.
    Answered(RunResult),
    /// It did not, and its environment ends.
    Broken(FunctionFailure),
}

fn exited(how: String) -> FunctionFailure {
    FunctionFailure::new("Runtime.ExitError", how)
}

fn timed_out(limit: Duration) -> FunctionFailure {
    let seconds = limit.as_secs_f64();
    FunctionFailure::new(
        TIMED_OUT,
        format!("Task timed out after {seconds:.2} seconds"),
    )
}
