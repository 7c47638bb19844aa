//! One run's world: the engine, the calendar, the names, the history and the judge, behind one lock.

pub(crate) mod admin;
pub(crate) mod expect;
mod hooks;
mod judging;
mod meaning;
mod passwords;
mod places;
mod reach;
mod replicas;
mod service;
pub(super) mod setup;
mod sockets;
mod subscribers;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;

use keywheel_emulator::engine::snapshot::{SecretView, Snapshot};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::entropy::Entropy;
use keywheel_emulator::fault::{CallPoint, Caller, Span, Verdict};
use keywheel_emulator::ids::{InvocationNumber, VersionId};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};

use crate::call::Carried;
use crate::call::operation::service_of;
use crate::clock::{FunctionClock, VirtualClock};
use crate::draw::mix;
use crate::history::{Exchange, History, Names, Seen, ServiceEvent, What};
use crate::oracle::Judge;
use crate::oracle::no_secret_leaked::Place as ReadPlace;
use crate::run::gate::Gate;
use crate::scenario::WorldSpec;

use admin::People;
use hooks::Hooks;
use places::Places;
use reach::Reach;
use service::Service;
use subscribers::Subscriber;
use traffic::Traffic;

/// Everything of one run that more than one task touches, by what each part knows.
pub(crate) struct Core {
    pub(crate) service: Service,
    pub(crate) places: Places,
    pub(crate) hooks: Hooks,
    pub(crate) traffic: Traffic,
    pub(crate) gate: Gate,
    pub(crate) history: History,
    pub(crate) names: Names,
    pub(crate) judge: Judge,
    pub(crate) entropy: Entropy,
    pub(crate) spec: WorldSpec,
    pub(crate) function_clock: FunctionClock,
    pub(crate) people: People,
    /// The tokens of all rotations.
    pub(crate) tokens: BTreeSet<VersionId>,
    /// Which token each invocation was for.
    pub(crate) invoked_for: BTreeMap<InvocationNumber, VersionId>,
    subscribers: Vec<Subscriber>,
    pub(crate) reach: Option<Reach>,
}

pub(crate) use places::Place;
pub(crate) use service::AdminAnswer;

/// The world of a run, shared by its tasks.
#[derive(Clone)]
pub(crate) struct World(pub(crate) Arc<Mutex<Core>>);

impl World {
    /// The core. A panic of the function under test while it was held is no reason to stop.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Core> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// An empty world at the calendar's start.
    pub(crate) fn new(
        options: EngineOptions,
        clock: VirtualClock,
        spec: WorldSpec,
        judge: Judge,
    ) -> Self {
        let seed = options.seed;
        Self {
            function_clock: FunctionClock::new(clock.clone()),
            service: Service {
                engine: Engine::new(options),
                clock,
            },
            places: Places::default(),
            hooks: Hooks::default(),
            traffic: Traffic::new(seed),
            gate: Gate::default(),
            history: History::default(),
            names: Names::default(),
            judge,
            entropy: Entropy::from_seed(mix(seed, u64::MAX)),
            spec,
            people: People::default(),
            tokens: BTreeSet::new(),
            invoked_for: BTreeMap::new(),
            subscribers: Vec::new(),
            reach: None,
        }
    }

    /// The calendar's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.service.now()
    }

    /// A note in the history.
    pub(crate) fn note(&mut self, what: What) {
        let now = self.now();
        self.history.add(now, what);
    }

    /// A request of the function takes effect, or does not.
    pub(crate) fn exchange(
        &mut self,
        parts: Parts,
        body: Bytes,
        caller: Option<Caller>,
        frozen_for: Option<Span>,
    ) -> (Duration, Carried) {
        self.land_late_effects();
        let request = Request {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: &body,
            caller,
        };
        if self.hooks.is_armed() {
            let operation = Engine::operation_of(&request);
            self.run_hooks(&CallPoint {
                service: service_of(operation),
                path: parts.uri.path(),
                body: &body,
                ..CallPoint::of(operation, caller)
            });
        }
        let (now, commits) = (self.now(), self.service.engine.commits());
        let outcome = match frozen_for {
            None => self.answer(&request, now),
            Some(span) => Outcome {
                fault: Some(Verdict::Freeze(span)),
                ..self.answer_thawed(&request, now)
            },
        };
        if let Ending::Frozen(span) = outcome.ending {
            let operation = outcome.operation;
            self.note(What::Service(ServiceEvent::Frozen { span, operation }));
            self.excuse(&outcome, caller);
            return (
                Duration::ZERO,
                Carried::Frozen(span, Box::new((parts, body))),
            );
        }
        let after = outcome.after;
        self.excuse(&outcome, caller);
        let carried = self.record(parts, body, caller, outcome);
        if self.service.engine.commits() != commits {
            self.judge_call(caller);
        }
        (after, carried)
    }

    /// Lets the effects land that nobody waits for any more and that are due by now.
    pub(crate) fn land_late_effects(&mut self) {
        let now = self.now();
        for landed in self.service.engine.land_late_effects(now) {
            let operation = landed.operation;
            self.note(What::Service(ServiceEvent::LandsLate { operation }));
            self.judge_call(landed.caller);
        }
    }

    fn run_hooks(&mut self, point: &CallPoint<'_>) {
        if let Some(action) = self.hooks.due(point) {
            self.act(&action);
        }
    }

    fn record(
        &mut self,
        parts: Parts,
        body: Bytes,
        caller: Option<Caller>,
        outcome: Outcome,
    ) -> Carried {
        let (seen, carried) = match outcome.ending {
            Ending::Reply(response) => (seen(&response), Carried::Answer(response)),
            Ending::Dropped => (Seen::Dropped, Carried::Dropped),
            Ending::Unreachable => (Seen::Dropped, Carried::Unreachable),
            Ending::Silence | Ending::Frozen(_) => (Seen::Silence, Carried::Silence),
            Ending::Killed => (Seen::Killed, Carried::Killed),
            Ending::Run(_) | Ending::Search(_) => {
                let response = self.service.engine.refuse_run(self.now());
                (seen(&response), Carried::Answer(response))
            }
            Ending::Panicked => (Seen::Killed, Carried::Panicked),
        };
        let exchange = Exchange {
            number: self.traffic.last(),
            caller: caller.map(|caller| (caller.invocation, caller.step)),
            operation: outcome.operation,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
            outcome: seen,
            fault: outcome.fault,
        };
        let now = self.now();
        self.learn_passwords_of(&exchange);
        self.judge.called(now, &exchange);
        self.history.add(now, What::Call(Box::new(exchange)));
        carried
    }

    /// The first secret in a snapshot.
    pub(crate) fn secret_in<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s SecretView> {
        let secret = &self.places.first.secret;
        snapshot.secrets.iter().find(|view| view.arn == *secret)
    }

    /// Lets every oracle look at the world because time has passed.
    pub(crate) fn judge_clock(&mut self) {
        let snapshot = self.snapshot();
        self.judge.clock_moved(&snapshot);
        self.judge_target(&snapshot, None);
        self.note_state(&snapshot, true);
        self.live_subscribers();
        self.note_violations();
    }

    /// Looks for keys in a text that others may read.
    pub(crate) fn read_text(&mut self, place: ReadPlace, text: &str) {
        let now = self.now();
        self.judge.read_text(now, place, text);
        self.note_violations();
    }

    /// Puts what the oracles have just found into the history.
    pub(crate) fn note_violations(&mut self) {
        for number in self.judge.take_news() {
            self.note(What::Violation(number));
        }
    }

    /// When something happens by itself next: the engine has work, or a key expires.
    pub(crate) fn next_moment_of_interest(&mut self) -> Option<Timestamp> {
        let now = self.now();
        let expiries = self.judge.ledger().keys().map(|(_, record)| record.expires);
        let expiry = expiries.filter(|expires| *expires > now).min();
        let due = self.service.engine.poll_timeout().map(|(due, _)| due);
        expiry.into_iter().chain(due).min()
    }

    /// The world as judges see it.
    pub(crate) fn snapshot(&mut self) -> Snapshot {
        self.service.snapshot()
    }
}

fn seen(response: &http::Response<Bytes>) -> Seen {
    Seen::Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body().clone(),
    }
}
