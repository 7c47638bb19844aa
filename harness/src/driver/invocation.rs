//! One invocation, from its start to its end, under a virtual deadline.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Freezer, FunctionClock};
use crate::history::{InvocationEnd, What};
use crate::subject::{Event, Function, FunctionFailure, killed};
use crate::wire::CallerScope;
use crate::world::World;

use super::Delivered;

/// A started function and the time that it lives in.
#[derive(Clone)]
pub(super) struct Started {
    pub(super) function: Arc<dyn Function>,
    pub(super) freezer: Freezer,
}

/// An invocation that has begun.
pub(super) struct Running {
    pub(super) world: World,
    pub(super) number: u64,
    pub(super) scope: CallerScope,
    pub(super) function: Result<Arc<dyn Function>, FunctionFailure>,
    pub(super) event: Event,
    pub(super) clock: FunctionClock,
    pub(super) timeout: Duration,
}

/// Error types of invocations that did not answer.
pub(super) const DIED: &str = "Runtime.";

/// Lets it run to its end, and tells that.
pub(super) async fn finish(running: Running) -> Delivered {
    let world = running.world.clone();
    let (number, life) = (running.number, running.scope.life.clone());
    let delivered = run_to_its_end(running).await;
    let mut core = world.lock();
    let end = match &delivered {
        Ok(()) => InvocationEnd::Succeeded,
        Err(failure) if *failure == killed() => InvocationEnd::Killed,
        Err(failure) if failure.error_type == TIMED_OUT => InvocationEnd::TimedOut,
        Err(failure) => {
            let text = failure.to_string();
            core.read_text("the function's error", &text);
            InvocationEnd::Failed {
                error_type: failure.error_type.clone(),
                message: core.names.masked(&failure.message),
            }
        }
    };
    core.judge_end(number, &end, life.is_frozen());
    core.note(What::Ended {
        invocation: number,
        end,
    });
    core.gate.invocation_ended();
    delivered
}

const TIMED_OUT: &str = "Runtime.Timeout";
const PANICKED: &str = "Runtime.Panic";

async fn run_to_its_end(running: Running) -> Delivered {
    let function = running.function?;
    let deadline = running.clock.shown().plus(running.timeout).to_system_time();
    let (scope, event) = (running.scope, running.event);
    let life = scope.life.clone();
    let step = async move { function.invoke(event, deadline).await };
    // A task of its own, so that it can die, or panic, without taking the run along.
    let mut task = tokio::spawn(scope.run(step));
    life.begins(task.abort_handle());
    // A frozen task is let go, not ended: it goes on when it thaws.
    match tokio::time::timeout(running.timeout, &mut task).await {
        Ok(Ok(delivered)) => delivered,
        Ok(Err(end)) if end.is_cancelled() => Err(killed()),
        Ok(Err(_)) => died(PANICKED, "the function panicked"),
        Err(_) => {
            if !life.is_frozen() {
                task.abort();
            }
            died(TIMED_OUT, "the function had not answered by its deadline")
        }
    }
}

fn died(error_type: &str, message: &str) -> Delivered {
    Err(FunctionFailure {
        error_type: error_type.to_owned(),
        message: message.to_owned(),
    })
}
