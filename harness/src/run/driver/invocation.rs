//! One invocation, from its start to its end, under a virtual deadline.

use std::sync::Arc;
use std::time::Duration;

use keywheel_emulator::fault::Caller;
use keywheel_emulator::race::{Either, race};

use crate::call::CallerScope;
use crate::clock::{Freezer, FunctionClock};
use crate::event::Event;
use crate::history::{InvocationEnd, What};
use crate::oracle::no_secret_leaked::Place;
use crate::run::world::{Core, World};
use crate::subject::{Function, FunctionFailure};

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

/// How an invocation ended, before the service is told.
enum End {
    Answered(Delivered),
    Killed,
    Panicked,
    TimedOut,
}

/// Lets it run to its end, and tells that.
pub(super) async fn finish(running: Running) -> Delivered {
    let world = running.world.clone();
    let (number, life) = (running.number, running.scope.life.clone());
    let end = run_to_its_end(running).await;
    let mut core = world.lock();
    let shown = shown(&mut core, &end);
    core.judge_end(number, &shown, life.is_frozen());
    core.note(What::Ended {
        invocation: number,
        end: shown,
    });
    core.gate.invocation_ended();
    end.delivered()
}

/// How it ended, for the history.
fn shown(core: &mut Core, end: &End) -> InvocationEnd {
    let failure = match end {
        End::Answered(Ok(())) => return InvocationEnd::Succeeded,
        End::Killed => return InvocationEnd::Killed,
        End::TimedOut => return InvocationEnd::TimedOut,
        End::Answered(Err(failure)) => failure.clone(),
        End::Panicked => FunctionFailure::panicked(),
    };
    core.read_text(Place::Error, &failure.to_string());
    let message = core.names.masked(&failure.message);
    InvocationEnd::Failed {
        error_type: failure.error_type,
        message,
    }
}

impl End {
    fn delivered(self) -> Delivered {
        match self {
            Self::Answered(delivered) => delivered,
            Self::Killed => Err(FunctionFailure::killed()),
            Self::Panicked => Err(FunctionFailure::panicked()),
            Self::TimedOut => Err(FunctionFailure::timed_out()),
        }
    }
}

/// An invocation that the link to the target knows to run.
struct Entered {
    world: World,
    caller: Option<Caller>,
}

impl Entered {
    fn new(world: &World, scope: CallerScope) -> Self {
        let caller = scope.caller;
        if let Some(reach) = &mut world.lock().reach {
            reach.enter(scope);
        }
        Self {
            world: world.clone(),
            caller,
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(reach) = &mut self.world.lock().reach {
            reach.leave(self.caller);
        }
    }
}

async fn run_to_its_end(running: Running) -> End {
    let function = match running.function {
        Ok(function) => function,
        Err(failure) => return End::Answered(Err(failure)),
    };
    let deadline = running.clock.shown().plus(running.timeout).to_system_time();
    let (scope, event) = (running.scope, running.event);
    let life = scope.life.clone();
    let _entered = Entered::new(&running.world, scope.clone());
    let step = async move { function.invoke(event, deadline).await };
    // A task of its own, so that it can die, or panic, without taking the run along.
    let mut task = tokio::spawn(scope.run(step));
    life.begins(task.abort_handle());
    let ended = tokio::time::timeout(running.timeout, &mut task);
    match race(ended, life.given_up()).await {
        Either::Left(Ok(Ok(Err(failure)))) if failure.is_killed() => End::Killed,
        Either::Left(Ok(Ok(delivered))) => End::Answered(delivered),
        Either::Left(Ok(Err(end))) if end.is_cancelled() => End::Killed,
        Either::Left(Ok(Err(_))) => End::Panicked,
        Either::Left(Err(_)) => {
            // A frozen task is let go, not ended: it goes on when it thaws.
            if !life.is_frozen() {
                task.abort();
            }
            End::TimedOut
        }
        Either::Right(()) => {
            task.abort();
            running
                .world
                .lock()
                .service
                .clock
                .jump_over(running.timeout);
            End::TimedOut
        }
    }
}
