//! The part of Secrets Manager that invokes the function: delivery of each step, twice if the
//! scenario says so, under a virtual deadline.

mod invocation;
mod orders;
mod together;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use keywheel_emulator::fault::Caller;
use keywheel_emulator::ids::{DEFAULT_REGION, InvocationNumber, SecretArn};
use keywheel_emulator::state::rotations::{Invocation, StepFailure, StepResult};

use crate::call::{CallerScope, Life, Wire};
use crate::clock::{Freezer, FunctionClock};
use crate::event::Event;
use crate::history::{ServiceEvent, What};
use crate::record::Problem;
use crate::run::gate::{Actors, conduct};
use crate::run::world::World;
use crate::scenario::{Config, Holds, Restart, Twice};
use crate::subject::sdk::Retries;
use crate::subject::{FunctionFailure, Subject, Surroundings};

use invocation::{Running, Started, finish};
use orders::Orders;

pub(crate) use orders::Ordered;

/// Runs the function under test in a world.
pub(crate) struct Driver<'a> {
    pub(crate) world: World,
    /// The way into the world for all functions.
    wire: Wire,
    subject: &'a dyn Subject,
    environment: Vec<(String, String)>,
    started: BTreeMap<SecretArn, Started>,
    clock: FunctionClock,
    timeout: Duration,
    restart: Restart,
    retries: Retries,
    invocations: u64,
    last: Delivered,
    orders: Orders,
    /// What functions printed that are not there any more.
    printed: String,
}

/// How a delivery of a step ended.
pub(crate) type Delivered = Result<(), FunctionFailure>;

impl<'a> Driver<'a> {
    pub(crate) fn new(world: World, subject: &'a dyn Subject) -> Self {
        let core = world.lock();
        let (clock, spec) = (core.function_clock.clone(), core.spec.clone());
        let api = core.places.first.api.to_string();
        drop(core);
        let is_pinned = spec.config == Config::Env && spec.holds == Holds::Key;
        let pin = is_pinned.then(|| ("AppSyncApiId".to_owned(), api));
        let (timeout, retries) = (spec.timeout.to_duration(), Retries::of(&spec));
        Self {
            wire: Wire::new(Arc::new(world.clone())),
            world,
            subject,
            environment: pin.into_iter().chain(retries.variables()).collect(),
            started: BTreeMap::new(),
            clock,
            timeout: subject.time_limit().map_or(timeout, |own| own.min(timeout)),
            restart: spec.restart,
            retries,
            invocations: 0,
            last: Ok(()),
            orders: Orders::default(),
            printed: String::new(),
        }
    }

    /// Sets an environment variable; the function starts anew with it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self.printed = self.output();
        self.started.clear();
    }

    /// Something that is to be done at the next delivery or rotation, as a statement says.
    pub(crate) fn order(&mut self, statement: usize, what: Ordered) {
        self.orders.give(statement, what);
    }

    /// Is somebody to run beside the next rotation?
    pub(crate) fn has_companions(&self) -> bool {
        self.orders.has_companions()
    }

    /// Everything that the functions have printed.
    pub(crate) fn output(&self) -> String {
        let functions = self.started.values().map(|started| &started.function);
        let printed = functions.map(|function| function.output());
        std::iter::once(self.printed.clone())
            .chain(printed)
            .collect()
    }

    /// How the last delivery for the service ended.
    pub(crate) fn last_delivered(&self) -> Delivered {
        self.last.clone()
    }

    /// Takes back what was never carried out: the statements that say so.
    pub(crate) fn take_unused_orders(&mut self) -> Vec<usize> {
        self.orders.take_unused()
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
        let invocation = core.service.engine.poll_invocation(now)?;
        core.names.name_version(&invocation.token, "scheduled");
        core.tokens.insert(invocation.token.clone());
        Some(invocation)
    }

    fn is_rotating(&self) -> bool {
        let core = self.world.lock();
        let token = core.places.first.token.as_ref();
        token.is_some_and(|token| {
            core.service
                .engine
                .is_rotating(&core.places.first.secret, token)
        })
    }

    async fn wait_for_retry(&mut self) {
        let (clock, due) = {
            let core = self.world.lock();
            (
                core.service.clock.clone(),
                core.service.engine.poll_timeout(),
            )
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
        core.service.engine.handle_timeout(now);
        core.judge_clock();
    }

    /// Runs one step for the service and tells it the end.
    pub(crate) async fn run_step(&mut self, invocation: Invocation) {
        let number = invocation.number;
        self.world
            .lock()
            .places
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
        core.service.engine.invocation_finished(number, result, now);
        core.judge_commit(crate::oracle::Actor::Service);
    }

    async fn deliver(&mut self, invocation: Invocation) -> Delivered {
        let step = invocation.step;
        let Some(event) = self.prepare(&invocation) else {
            return Ok(());
        };
        let overlap = self.orders.take(|what| match what {
            Ordered::Overlap(of, with) if *of == step => Some(*with),
            _ => None,
        });
        if let Some(with) = overlap {
            let other = Event {
                step: with.to_string(),
                ..event.clone()
            };
            return self.invoke_both(event, other).await;
        }
        let double = self.orders.take(|what| match what {
            Ordered::Double(of, how) if *of == step => Some(*how),
            _ => None,
        });
        match double {
            None => self.invoke(event).await,
            Some(Twice::InSequence) => {
                let first = self.invoke(event.clone()).await;
                let second = self.invoke(event).await;
                first.and(second)
            }
            Some(Twice::AtOnce) => self.invoke_both(event.clone(), event).await,
        }
    }

    /// Does what the scenario wants done before this delivery; no event if it is to be skipped.
    fn prepare(&mut self, invocation: &Invocation) -> Option<Event> {
        let step = invocation.step;
        while let Some(action) = self.orders.take(|what| match what {
            Ordered::Before(of, action) if *of == step => Some(action.clone()),
            _ => None,
        }) {
            self.world.lock().act(&action);
        }
        let is_skip = |what: &Ordered| matches!(what, Ordered::Skip(of) if *of == step);
        if self
            .orders
            .take(|what| is_skip(what).then_some(()))
            .is_some()
        {
            let skipped = What::Service(ServiceEvent::Skipped(step));
            self.world.lock().note(skipped);
            return None;
        }
        let (secret, token) = (invocation.secret.clone(), invocation.token.clone());
        Some(Event {
            rotation_token: Some(invocation.rotation_token.expose().to_owned()),
            ..Event::of(step.as_str(), secret, token)
        })
    }

    async fn invoke_both(&mut self, first: Event, second: Event) -> Delivered {
        if !self.subject.tells_callers_apart() {
            let mut core = self.world.lock();
            core.people.problems.push(Problem::Indistinguishable);
        }
        let actors = {
            let mut core = self.world.lock();
            let actors = core.gate.actors().unwrap_or(2);
            core.traffic.set_racing(actors);
            // None of them can know of the keys that the others are about to make.
            for _ in 1..actors {
                core.judge.allow_another_create(&first.token);
            }
            if core.gate.is_ordered() {
                core.gate
                    .open(Actors::Invocations, actors, self.subject.pace());
            }
            for (letter, number) in (b'a'..=b'c').zip(self.invocations + 1..) {
                core.gate.join(InvocationNumber(number), letter);
            }
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
        let conducted = conduct(self.world.clone(), self.subject.pace());
        let (first, second, third, ()) =
            tokio::join!(finish(first), finish(second), third, conducted);
        self.world.lock().traffic.set_racing(0);
        first.and(second).and(third)
    }

    /// One invocation, from its start to its end.
    pub(crate) async fn invoke(&mut self, event: Event) -> Delivered {
        let running = self.begin(&event);
        let life = running.scope.life.clone();
        let delivered = finish(running).await;
        self.clear_up(&event.secret, &life, &delivered);
        delivered
    }

    /// Takes an environment away that serves nobody else.
    fn clear_up(&mut self, secret: &SecretArn, life: &Life, delivered: &Delivered) {
        let has_died = matches!(delivered, Err(failure) if failure.has_ended_environment());
        // Nobody else is served by one that stands still.
        if (self.restart == Restart::Cold || life.is_frozen()) && has_died {
            let gone = self.started.remove(secret);
            self.printed += &gone.map_or(String::new(), |gone| gone.function.output());
        }
    }

    fn begin(&mut self, event: &Event) -> Running {
        self.invocations += 1;
        let number = self.invocations;
        let mut core = self.world.lock();
        core.note(What::Started {
            invocation: number,
            step: event.step.clone(),
            token: event.token.clone(),
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
        let wire = self.wire.clone();
        let surroundings = Surroundings {
            http: SharedHttpClient::new(wire.clone()),
            connector: SharedHttpConnector::new(wire.clone()),
            wire: Some(wire),
            time: SharedTimeSource::new(self.clock.clone()),
            sleep: SharedAsyncSleep::new(freezer.clone()),
            environment: self.environment.clone(),
            region: region_of(secret).to_owned(),
            retries: self.retries,
        };
        let function = self.subject.start(surroundings)?;
        let started = Started { function, freezer };
        self.started.insert(secret.clone(), started.clone());
        Ok(started)
    }
}

/// A function works in the Region of the secret that it is invoked for.
fn region_of(secret: &SecretArn) -> &str {
    let arn = secret.as_str().strip_prefix("arn:aws:secretsmanager:");
    let region = arn.and_then(|rest| rest.split(':').next());
    region.unwrap_or(DEFAULT_REGION)
}
