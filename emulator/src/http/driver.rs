//! The rotation driver: runs the functions that the engine asks for, in tasks of their own.
//!
//! A rotation function calls the emulator back while it runs, so no request ever waits for one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::connection::stopped;
use crate::entropy::Entropy;
use crate::fault::Caller;
use crate::ids::InvocationNumber;
use crate::invoke::{Gateway, RotationEvent, StepFailure, StepResult, failure};
use crate::race::{Either, race};
use crate::state::Target;
use crate::state::lambda::deployment::Deployment;
use crate::state::lambda::error::LambdaError;
use crate::state::rotations::Invocation;
use crate::time::Timestamp;
use crate::wire::error_code::{ACCESS_DENIED, FUNCTION_NOT_FOUND};

use super::functions::step_run;
use super::shell::{Core, Run, Shell};

/// The longest sleep. The machine's clock may jump while the driver sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Runs rotations until the server ends.
pub(super) async fn drive(shell: Arc<Shell>) {
    let mut stop = std::pin::pin!(stopped(shell.stopping.subscribe()));
    loop {
        let nap = shell.pump();
        // Waking up and being woken are the same.
        let waiting = tokio::time::timeout(nap, shell.changed.notified());
        if let Either::Left(()) = race(&mut stop, waiting).await {
            return;
        }
    }
}

impl Shell {
    /// Does what is due now and starts the runs that are asked for; says how long nothing will
    /// be due.
    pub(super) fn pump(self: &Arc<Self>) -> Duration {
        let mut core = self.lock();
        let now = core.now();
        if *self.stopping.borrow() {
            return LONGEST_SLEEP;
        }
        core.wake(now);
        while let Some(invocation) = core.engine.poll_invocation(now) {
            self.start_run(&mut core, invocation);
        }
        nap(&core, now)
    }

    fn start_run(self: &Arc<Self>, core: &mut Core, invocation: Invocation) {
        let (alive, dead) = oneshot::channel();
        let run = Run {
            step: invocation.step,
            alive: Some(alive),
        };
        core.runs.insert(invocation.number, run);
        let target = core.engine.target(&invocation);
        let (shell, life) = (Arc::clone(self), core.life);
        tokio::spawn(async move {
            let result = match target {
                Ok(Target::Started(arn)) => shell.run_step(&arn, &invocation, dead).await,
                Ok(Target::Deployed(deployment)) => {
                    shell.run_deployed(&invocation, *deployment, dead).await
                }
                Err(refusal) => Err(refused(&refusal)),
            };
            shell.end_run(life, invocation.number, result);
        });
    }

    /// Runs a created function until it ends, its time is over or it is killed.
    async fn run_deployed(
        self: &Arc<Self>,
        invocation: &Invocation,
        deployment: Deployment,
        killed: oneshot::Receiver<()>,
    ) -> StepResult {
        let event = RotationEvent::of(invocation).to_json();
        let caller = Caller {
            invocation: invocation.number,
            step: invocation.step,
        };
        let run = step_run(
            event,
            self.request_id(invocation.number),
            &deployment,
            caller,
        );
        let gateway = Arc::clone(self) as Arc<dyn Gateway>;
        match race(killed, self.host.run(&deployment, run, &gateway)).await {
            Either::Left(_) => Err(failure("Runtime.ExitError", "signal: killed")),
            // What the function returned is looked at by nobody [D].
            Either::Right(run) => run
                .result
                .map(drop)
                .map_err(|failure| failure.into_step_failure()),
        }
    }

    pub(super) fn request_id(&self, number: InvocationNumber) -> String {
        let mut ids = Entropy::from_seed(self.start.seed.rotate_left(32) ^ number.0);
        ids.uuid().to_string()
    }

    fn end_run(self: &Arc<Self>, life: u64, number: InvocationNumber, result: StepResult) {
        if let Err(failure) = &result {
            // What a function says may hold a secret: it stands in the function's log.
            let error_type = &failure.error_type;
            tracing::warn!(
                invocation = number.0,
                error_type,
                "a rotation step failed; the function's log group /aws/lambda/… tells more"
            );
        }
        let mut core = self.lock();
        if core.life == life {
            core.runs.remove(&number);
            let now = core.now();
            core.engine.invocation_finished(number, result, now);
        }
        drop(core);
        // The next step starts at once; the driver learns when to wake.
        self.pump();
        self.changed.notify_one();
        self.run_ended.notify_waiters();
    }
}

impl Core {
    /// Lets everything happen that is due by `now`.
    pub(super) fn wake(&mut self, now: Timestamp) {
        if self.engine.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.engine.handle_timeout(now);
            self.transmit();
        }
    }
}

/// Why a function cannot be invoked.
fn refused(refusal: &LambdaError) -> StepFailure {
    match refusal {
        LambdaError::NotPermitted => failure(ACCESS_DENIED, refusal.to_string()),
        _ => failure(FUNCTION_NOT_FOUND, refusal.to_string()),
    }
}

/// How long nothing is due. A clock that stands still makes nothing due.
fn nap(core: &Core, now: Timestamp) -> Duration {
    let is_running = matches!(core.clock, crate::time::Clock::Running { .. });
    let Some((at, reason)) = core.engine.poll_timeout().filter(|_| is_running) else {
        return LONGEST_SLEEP;
    };
    tracing::trace!(%at, reason, "the engine is due");
    let millis = u64::try_from(at.millis_since(now)).unwrap_or(0);
    // Never zero: a timeout that stays due must not keep a core busy.
    Duration::from_millis(millis.max(1)).min(LONGEST_SLEEP)
}
