//! The rotation driver: runs the functions that the engine asks for, in tasks of their own.
//!
//! A rotation function calls the emulator back while it runs, so no request ever waits for one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::connection::stopped;
use crate::entropy::Entropy;
use crate::fault::Caller;
use crate::ids::InvocationNumber;
use crate::invoke::{InvocationContext, RotationEvent, StepResult, failure};
use crate::race::{Either, race};
use crate::state::rotations::Invocation;
use crate::time::Timestamp;
use crate::wire::error_code::FUNCTION_NOT_FOUND;

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
        if let Either::First(()) = race(&mut stop, waiting).await {
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
        let (shell, life) = (Arc::clone(self), core.life);
        tokio::spawn(async move {
            let result = shell.run(&invocation, dead).await;
            shell.end_run(life, invocation.number, result);
        });
    }

    /// Runs a function until it ends, its time is over or it is killed.
    async fn run(
        self: &Arc<Self>,
        invocation: &Invocation,
        killed: oneshot::Receiver<()>,
    ) -> StepResult {
        let Some(function) = self.functions.get(&invocation.function).cloned() else {
            let message = format!("Function not found: {}", invocation.function);
            return Err(failure(FUNCTION_NOT_FOUND, message));
        };
        let (event, context) = (RotationEvent::of(invocation), self.context(invocation));
        let request_id = context.request_id.clone();
        let mut task = Task(tokio::spawn(async move {
            function.invoke(event, context).await
        }));
        let ended = tokio::time::timeout(self.function_timeout, &mut task.0);
        let result = match race(killed, ended).await {
            Either::First(_) => Err(failure("Runtime.ExitError", "signal: killed")),
            Either::Second(Ok(Ok(result))) => result,
            Either::Second(Ok(Err(panic))) => Err(failure("Runtime.Panic", panic.to_string())),
            Either::Second(Err(_)) => {
                let seconds = self.function_timeout.as_secs_f64();
                let message = format!("{request_id} Task timed out after {seconds:.2} seconds");
                Err(failure("Sandbox.Timedout", message))
            }
        };
        task.end().await;
        result
    }

    fn context(self: &Arc<Self>, invocation: &Invocation) -> InvocationContext {
        let number = invocation.number;
        let mut ids = Entropy::from_seed(self.start.seed.rotate_left(32) ^ number.0);
        InvocationContext {
            caller: Caller {
                invocation: number,
                step: invocation.step,
            },
            request_id: ids.uuid().to_string(),
            function: invocation.function.clone(),
            scope: invocation.scope.clone(),
            timeout: self.function_timeout,
            endpoint_url: self.endpoint_url.get().cloned().unwrap_or_default(),
            gateway: Arc::clone(self) as _,
        }
    }

    fn end_run(self: &Arc<Self>, life: u64, number: InvocationNumber, result: StepResult) {
        if let Err(failure) = &result {
            let (error_type, message) = (&failure.error_type, &failure.message);
            tracing::warn!(
                invocation = number.0,
                error_type,
                "a rotation step failed: {message}"
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

/// A task that ends with its owner.
struct Task(JoinHandle<StepResult>);

impl Task {
    /// Ends the task and waits until it is gone, and with it what it holds.
    async fn end(mut self) {
        if !self.0.is_finished() {
            self.0.abort();
            // Being cancelled is what was asked for.
            let _ = (&mut self.0).await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
