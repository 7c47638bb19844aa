//! The part of Secrets Manager that invokes the function: delivery of each step, twice if the
//! scenario says so, under a virtual deadline.

mod invocation;
mod orders;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use keywheel_emulator::fault::Caller;
use keywheel_emulator::ids::{DEFAULT_REGION, InvocationNumber, SecretArn, Step};
use keywheel_emulator::state::rotations::{Invocation, StepFailure, StepResult};
use keywheel_emulator::time::{HOUR_MS, Timestamp};
use tokio::task::JoinSet;

use crate::clock::{Freezer, FunctionClock};
use crate::gate::conduct;
use crate::history::What;
use crate::scenario::{AdminAction, Config, Restart, Twice};
use crate::setup::count;
use crate::subject::{Event, FunctionFailure, Subject, Surroundings};
use crate::wire::{CallerScope, Life, Wire};
use crate::world::World;

use invocation::{DIED, Running, Started, finish};
use orders::Orders;

/// Runs the function under test in a world.
pub(crate) struct Driver<'a> {
    pub(crate) world: World,
    subject: &'a dyn Subject,
    environment: Vec<(String, String)>,
    started: BTreeMap<SecretArn, Started>,
    clock: FunctionClock,
    timeout: Duration,
    restart: Restart,
    retry_tokens: usize,
    invocations: u64,
    last: Delivered,
    orders: Orders,
}

/// How a delivery of a step ended.
pub(crate) type Delivered = Result<(), FunctionFailure>;

impl<'a> Driver<'a> {
    pub(crate) fn new(world: World, subject: &'a dyn Subject) -> Self {
        let core = world.lock();
        let (clock, spec) = (core.function_clock.clone(), core.spec.clone());
        let api = core.place.api.to_string();
        drop(core);
        let pin = (spec.config == Config::Env).then(|| ("AppSyncApiId".to_owned(), api));
        Self {
            world,
            subject,
            environment: pin.into_iter().collect(),
            started: BTreeMap::new(),
            clock,
            timeout: spec.timeout.to_duration(),
            restart: spec.restart,
            retry_tokens: count(spec.retry_tokens),
            invocations: 0,
            last: Ok(()),
            orders: Orders::default(),
        }
    }

    /// Sets an environment variable; the function starts anew with it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self.started.clear();
    }

    /// The next delivery of this step happens twice.
    pub(crate) fn double(&mut self, step: Step, how: Twice) {
        self.orders.doubles.push_back((step, how));
    }

    /// The next delivery of this step runs at once with an invocation for another.
    pub(crate) fn overlap(&mut self, step: Step, with: Step) {
        self.orders.overlaps.push_back((step, with));
    }

    /// The next delivery of this step does not happen, and counts as a success.
    pub(crate) fn skip(&mut self, step: Step) {
        self.orders.skips.push_back(step);
    }

    /// A person acts just before the next delivery of this step.
    pub(crate) fn before(&mut self, step: Step, action: AdminAction) {
        self.orders.actions.push_back((step, action));
    }

    /// Everything that the functions that are started have printed.
    pub(crate) fn output(&self) -> String {
        let functions = self.started.values().map(|started| &started.function);
        functions.map(|function| function.output()).collect()
    }

    /// How the last delivery for the service ended.
    pub(crate) fn last_delivered(&self) -> Delivered {
        self.last.clone()
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
        core.tokens.insert(invocation.token.clone());
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
            (core.clock.clone(), core.engine.poll_timeout())
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
        core.land_late_effects();
        core.engine.handle_timeout(now);
        core.judge_clock();
    }

    /// Runs one step for the service and tells it the end.
    pub(crate) async fn run_step(&mut self, invocation: Invocation) {
        let number = invocation.number;
        self.world
            .lock()
            .set_token(&invocation.secret, invocation.token.clone());
        let delivered = self.deliver(invocation).await;
        self.finished(number, delivered);
    }

    /// Tells the service how an invocation ended.
    fn finished(&mut self, number: InvocationNumber, delivered: Delivered) {
        self.last.clone_from(&delivered);
        let result: StepResult = delivered.map_err(|failure| StepFailure {
            error_type: failure.error_type,
            message: failure.message,
        });
        let mut core = self.world.lock();
        let now = core.now();
        core.engine.invocation_finished(number, result, now);
        core.judge_commit(crate::oracle::Actor::Service);
    }

    /// Lets the service run until the rotations of all secrets have ended, those that are ready at
    /// once with each other.
    pub(crate) async fn settle_all(&mut self) {
        let mut running = JoinSet::new();
        loop {
            while let Some(invocation) = self.poll() {
                let (number, secret) = (invocation.number, invocation.secret.clone());
                self.world
                    .lock()
                    .set_token(&secret, invocation.token.clone());
                match self.prepare(&invocation) {
                    Some(event) => {
                        let begun = self.begin(&event);
                        running.spawn(async move { (number, finish(begun).await) });
                    }
                    None => self.finished(number, Ok(())),
                }
                self.world.lock().set_racing(running.len());
            }
            let due = self.world.lock().engine.poll_timeout();
            match (running.is_empty(), due) {
                (true, _) if self.is_any_rotating() => self.wait_for_retry().await,
                (true, _) => break,
                (false, due) => {
                    let wait = self.until(due.map(|(due, _)| due));
                    match tokio::time::timeout(wait, running.join_next()).await {
                        Ok(Some(Ok((number, delivered)))) => self.finished(number, delivered),
                        Ok(_) => {}
                        Err(_) => self.wake_engine(),
                    }
                }
            }
        }
        self.world.lock().set_racing(0);
    }

    fn until(&self, due: Option<Timestamp>) -> Duration {
        let now = self.world.lock().now();
        let left = due.map_or(HOUR_MS, |due| due.millis_since(now));
        Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1))
    }

    fn is_any_rotating(&self) -> bool {
        let core = self.world.lock();
        core.places().any(|place| {
            let token = place.token.as_ref();
            token.is_some_and(|token| core.engine.is_rotating(&place.secret, token))
        })
    }

    async fn deliver(&mut self, invocation: Invocation) -> Delivered {
        let step = invocation.step;
        let Some(event) = self.prepare(&invocation) else {
            return Ok(());
        };
        let is_of_step = |known: &Step| *known == step;
        let overlap = self
            .orders
            .overlaps
            .iter()
            .position(|(known, _)| is_of_step(known));
        if let Some((_, with)) = overlap.and_then(|at| self.orders.overlaps.remove(at)) {
            let other = Event {
                step: with.to_string(),
                ..event.clone()
            };
            return self.invoke_both(event, other).await;
        }
        let double = self
            .orders
            .doubles
            .iter()
            .position(|(known, _)| is_of_step(known));
        match double.and_then(|at| self.orders.doubles.remove(at)) {
            None => self.invoke(event).await,
            Some((_, Twice::InSequence)) => {
                let first = self.invoke(event.clone()).await;
                let second = self.invoke(event).await;
                first.and(second)
            }
            Some((_, Twice::AtOnce)) => self.invoke_both(event.clone(), event).await,
        }
    }

    /// Does what the scenario wants done before this delivery; no event if it is to be skipped.
    fn prepare(&mut self, invocation: &Invocation) -> Option<Event> {
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
            return None;
        }
        let (secret, token) = (invocation.secret.clone(), invocation.token.clone());
        Some(Event {
            rotation_token: Some(invocation.rotation_token.expose().to_owned()),
            ..Event::of(step.as_str(), secret, token)
        })
    }

    async fn invoke_both(&mut self, first: Event, second: Event) -> Delivered {
        let actors = {
            let mut core = self.world.lock();
            let actors = core.gate.actors().unwrap_or(2);
            core.set_racing(actors);
            core.judge.allow_another_create(&first.token);
            core.gate.open(self.invocations + 1, actors);
            actors
        };
        let third = (actors > 2).then(|| first.clone());
        let first = self.begin(&first);
        let second = self.begin(&second);
        let third = third.map(|event| self.begin(&event));
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
        let (life, secret) = (running.scope.life.clone(), running.event.secret.clone());
        let is_cold = self.restart == Restart::Cold;
        let delivered = finish(running).await;
        let has_died = matches!(&delivered, Err(failure) if failure.error_type.starts_with(DIED));
        // An environment that stands still serves nobody else.
        if (is_cold || life.was_frozen()) && has_died {
            self.started.remove(&secret);
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
        core.judge_start(InvocationNumber(number), event);
        drop(core);
        let caller = event.known_step().map(|step| Caller {
            invocation: InvocationNumber(number),
            step,
        });
        let started = self.start(&event.secret);
        let freezer = started.as_ref().map(|started| started.freezer.clone());
        Running {
            world: self.world.clone(),
            number,
            scope: CallerScope {
                caller,
                life: Life::default(),
                freezer: freezer.unwrap_or_default(),
            },
            function: started.map(|started| started.function),
            event: event.clone(),
            clock: self.clock.clone(),
            timeout: self.timeout,
        }
    }

    /// The execution environment for a secret: each has its own, since they may run at once.
    fn start(&mut self, secret: &SecretArn) -> Result<Started, FunctionFailure> {
        if let Some(started) = self.started.get(secret) {
            return Ok(started.clone());
        }
        let freezer = Freezer::default();
        let wire = Wire::new(self.world.0.clone());
        let surroundings = Surroundings {
            http: SharedHttpClient::new(wire.clone()),
            connector: SharedHttpConnector::new(wire),
            time: SharedTimeSource::new(self.clock.clone()),
            sleep: SharedAsyncSleep::new(freezer.clone()),
            environment: self.environment.clone(),
            region: DEFAULT_REGION.to_owned(),
            retry_tokens: self.retry_tokens,
        };
        let function = self.subject.start(surroundings)?;
        let started = Started { function, freezer };
        self.started.insert(secret.clone(), started.clone());
        Ok(started)
    }
}
