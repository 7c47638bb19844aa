//! The part of Secrets Manager that invokes the function: delivery of each step, twice if the
//! scenario says so, under a virtual deadline.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use keywheel_emulator::fault::Caller;
use keywheel_emulator::ids::{DEFAULT_REGION, InvocationNumber, Step};
use keywheel_emulator::state::rotations::{Invocation, StepFailure, StepResult};

use crate::clock::FunctionClock;
use crate::gate::conduct;
use crate::history::{InvocationEnd, What};
use crate::scenario::{AdminAction, Restart, Twice};
use crate::subject::{Event, Function, FunctionFailure, Subject, Surroundings};
use crate::wire::{CallerScope, Life, Wire};
use crate::world::World;

/// Runs the function under test in a world.
pub(crate) struct Driver<'a> {
    pub(crate) world: World,
    subject: &'a dyn Subject,
    environment: Vec<(String, String)>,
    started: Option<Arc<dyn Function>>,
    clock: FunctionClock,
    timeout: Duration,
    restart: Restart,
    invocations: u64,
    orders: Orders,
}

/// What the scenario wants done when a step is delivered next.
#[derive(Debug, Default)]
struct Orders {
    doubles: VecDeque<(Step, Twice)>,
    skips: VecDeque<Step>,
    actions: VecDeque<(Step, AdminAction)>,
}

impl Orders {
    fn told(&self) -> Vec<String> {
        let doubles = self
            .doubles
            .iter()
            .map(|(step, how)| format!("double {step} {how}"));
        let skips = self.skips.iter().map(|step| format!("skip {step}"));
        let actions = self
            .actions
            .iter()
            .map(|(step, action)| format!("at {step} admin {action}"));
        doubles.chain(skips).chain(actions).collect()
    }
}

/// How a delivery of a step ended.
pub(crate) type Delivered = Result<(), FunctionFailure>;

impl<'a> Driver<'a> {
    pub(crate) fn new(world: World, subject: &'a dyn Subject) -> Self {
        let core = world.lock();
        let (clock, spec) = (FunctionClock::new(core.clock), core.spec.clone());
        let api = core.place.api.to_string();
        drop(core);
        Self {
            world,
            subject,
            environment: vec![("AppSyncApiId".to_owned(), api)],
            started: None,
            clock,
            timeout: spec.timeout.to_duration(),
            restart: spec.restart,
            invocations: 0,
            orders: Orders::default(),
        }
    }

    /// Sets an environment variable; the function starts anew with it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self.started = None;
    }

    /// The next delivery of this step happens twice.
    pub(crate) fn double(&mut self, step: Step, how: Twice) {
        self.orders.doubles.push_back((step, how));
    }

    /// The next delivery of this step does not happen, and counts as a success.
    pub(crate) fn skip(&mut self, step: Step) {
        self.orders.skips.push_back(step);
    }

    /// A person acts just before the next delivery of this step.
    pub(crate) fn before(&mut self, step: Step, action: AdminAction) {
        self.orders.actions.push_back((step, action));
    }

    /// Takes back what was never carried out, and tells it for the report.
    pub(crate) fn take_unused_orders(&mut self) -> Vec<String> {
        std::mem::take(&mut self.orders).told()
    }

    /// Lets the service run until the rotation of the current token has ended.
    pub(crate) async fn settle(&mut self) {
        loop {
            match self.poll() {
                Some(invocation) => self.run_step(invocation).await,
                None if self.is_rotating() => self.wait_for_retry().await,
                None => return,
            }
        }
    }

    /// Runs every step that is ready now, of whatever rotation the clock has started.
    pub(crate) async fn settle_scheduled(&mut self) {
        while let Some(invocation) = self.poll() {
            self.run_step(invocation).await;
        }
    }

    fn poll(&self) -> Option<Invocation> {
        let mut core = self.world.lock();
        let now = core.now();
        let invocation = core.engine.poll_invocation(now)?;
        core.names.name_version(&invocation.token, "scheduled");
        Some(invocation)
    }

    fn is_rotating(&self) -> bool {
        let core = self.world.lock();
        let token = core.place.token.as_ref();
        token.is_some_and(|token| core.engine.is_rotating(&core.place.secret, token))
    }

    async fn wait_for_retry(&mut self) {
        let (clock, due) = {
            let core = self.world.lock();
            (core.clock, core.engine.poll_timeout())
        };
        if let Some((due, _)) = due {
            clock.sleep_until(due).await;
        }
        self.wake_engine();
    }

    /// Everything that is due by now happens.
    pub(crate) fn wake_engine(&mut self) {
        let mut core = self.world.lock();
        let now = core.now();
        core.engine.handle_timeout(now);
        core.judge_clock();
    }

    /// Runs one step for the service and tells it the end.
    pub(crate) async fn run_step(&mut self, invocation: Invocation) {
        let number = invocation.number;
        self.world.lock().place.token = Some(invocation.token.clone());
        let delivered = self.deliver(invocation).await;
        let result: StepResult = delivered.map_err(|failure| StepFailure {
            error_type: failure.error_type,
            message: failure.message,
        });
        let mut core = self.world.lock();
        let now = core.now();
        core.engine.invocation_finished(number, result, now);
        core.judge_commit(crate::oracle::Actor::Service);
    }

    async fn deliver(&mut self, invocation: Invocation) -> Delivered {
        let step = invocation.step;
        while let Some(at) = self
            .orders
            .actions
            .iter()
            .position(|(known, _)| *known == step)
        {
            if let Some((_, action)) = self.orders.actions.remove(at) {
                self.world.lock().act(&action);
            }
        }
        if let Some(at) = self.orders.skips.iter().position(|known| *known == step) {
            self.orders.skips.remove(at);
            self.world
                .lock()
                .note(What::Service(format!("{step} is skipped")));
            return Ok(());
        }
        let event = Event {
            step: step.to_string(),
            secret: invocation.secret,
            token: invocation.token,
            rotation_token: Some(invocation.rotation_token.expose().to_owned()),
        };
        let double = self
            .orders
            .doubles
            .iter()
            .position(|(known, _)| *known == step);
        match double.and_then(|at| self.orders.doubles.remove(at)) {
            None => self.invoke(event).await,
            Some((_, Twice::InSequence)) => {
                let first = self.invoke(event.clone()).await;
                let second = self.invoke(event).await;
                first.and(second)
            }
            Some((_, Twice::AtOnce)) => self.invoke_at_once(event).await,
        }
    }

    async fn invoke_at_once(&mut self, event: Event) -> Delivered {
        let actors = {
            let mut core = self.world.lock();
            let actors = core.gate.actors().unwrap_or(2);
            core.set_racing(actors);
            core.judge.allow_second_create(&event.token);
            core.gate.open(self.invocations + 1, actors);
            actors
        };
        let first = self.begin(&event);
        let second = self.begin(&event);
        let third = (actors > 2).then(|| self.begin(&event));
        let third = async {
            match third {
                Some(third) => finish(third).await,
                None => Ok(()),
            }
        };
        let conducted = conduct(self.world.clone());
        let (first, second, third, ()) =
            tokio::join!(finish(first), finish(second), third, conducted);
        self.world.lock().set_racing(0);
        first.and(second).and(third)
    }

    /// One invocation, from its start to its end.
    pub(crate) async fn invoke(&mut self, event: Event) -> Delivered {
        let running = self.begin(&event);
        let is_cold = self.restart == Restart::Cold;
        let delivered = finish(running).await;
        let has_died = matches!(&delivered, Err(failure) if failure.error_type.starts_with(DIED));
        if is_cold && has_died {
            self.started = None;
        }
        delivered
    }

    fn begin(&mut self, event: &Event) -> Running {
        self.invocations += 1;
        let number = self.invocations;
        let mut core = self.world.lock();
        let token = core.names.version(&event.token);
        core.note(What::Started {
            invocation: number,
            step: event.step.clone(),
            token,
        });
        drop(core);
        let caller = event.known_step().map(|step| Caller {
            invocation: InvocationNumber(number),
            step,
        });
        Running {
            world: self.world.clone(),
            number,
            scope: CallerScope {
                caller,
                life: Life::default(),
            },
            function: self.start(),
            event: event.clone(),
            clock: self.clock.clone(),
            timeout: self.timeout,
        }
    }

    fn start(&mut self) -> Result<Arc<dyn Function>, FunctionFailure> {
        if let Some(function) = &self.started {
            return Ok(function.clone());
        }
        let wire = Wire::new(self.world.0.clone());
        let surroundings = Surroundings {
            http: SharedHttpClient::new(wire.clone()),
            connector: SharedHttpConnector::new(wire),
            time: SharedTimeSource::new(self.clock.clone()),
            sleep: SharedAsyncSleep::new(TokioSleep::new()),
            environment: self.environment.clone(),
            region: DEFAULT_REGION.to_owned(),
        };
        let function = self.subject.start(surroundings)?;
        self.started = Some(function.clone());
        Ok(function)
    }
}

/// An invocation that has begun.
struct Running {
    world: World,
    number: u64,
    scope: CallerScope,
    function: Result<Arc<dyn Function>, FunctionFailure>,
    event: Event,
    clock: FunctionClock,
    timeout: Duration,
}

/// Error types of invocations that did not answer.
const DIED: &str = "Runtime.";

async fn finish(running: Running) -> Delivered {
    let world = running.world.clone();
    let number = running.number;
    let delivered = run_to_its_end(running).await;
    let mut core = world.lock();
    let end = match &delivered {
        Ok(()) => InvocationEnd::Succeeded,
        Err(failure) if failure.error_type == KILLED => InvocationEnd::Killed,
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
    core.note(What::Ended {
        invocation: number,
        end,
    });
    core.gate.leave();
    delivered
}

const KILLED: &str = "Runtime.ExitError";
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
    match tokio::time::timeout(running.timeout, &mut task).await {
        Ok(Ok(delivered)) => delivered,
        Ok(Err(end)) if end.is_cancelled() => died(KILLED, "the invocation was killed"),
        Ok(Err(_)) => died(PANICKED, "the function panicked"),
        Err(_) => {
            task.abort();
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
