//! One run's world: the engine, the calendar, the names, the history and the judge, behind one lock.

pub(crate) mod admin;
pub(crate) mod expect;
mod judging;
mod passwords;
mod replicas;
mod requests;
pub(super) mod setup;
mod sockets;
mod subscribers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;

use keywheel_emulator::engine::snapshot::{SecretView, Snapshot};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::entropy::Entropy;
use keywheel_emulator::fault::{CallPoint, Caller, FaultPlan, Rule, RuleId, Span, Verdict};
use keywheel_emulator::ids::{ApiId, InvocationNumber, SecretArn, VersionId};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};

use crate::call::Carried;
use crate::call::operation::service_of;
use crate::clock::{FunctionClock, VirtualClock};
use crate::draw::mix;
use crate::history::{Exchange, History, Names, Seen, ServiceEvent, What};
use crate::oracle::Judge;
use crate::oracle::no_secret_leaked::Place as ReadPlace;
use crate::record::Problem;
use crate::run::gate::Gate;
use crate::run::wire::racing_latency;
use crate::scenario::{AdminAction, WorldSpec};

/// Everything of one run that more than one task touches.
pub(crate) struct Core {
    pub(crate) engine: Engine,
    pub(crate) history: History,
    pub(crate) names: Names,
    pub(crate) judge: Judge,
    pub(crate) clock: VirtualClock,
    pub(crate) entropy: Entropy,
    pub(crate) spec: WorldSpec,
    /// The APIs, in the order in which the scenario counts them.
    pub(crate) apis: Vec<ApiId>,
    /// The first secret, `s`.
    pub(crate) place: Place,
    /// The others, `s2`, ….
    pub(crate) others: Vec<Place>,
    pub(crate) function_clock: FunctionClock,
    /// The rules by which the function's role has lost permissions.
    pub(crate) denied: BTreeMap<String, RuleId>,
    /// The tokens of all rotations.
    pub(crate) tokens: BTreeSet<VersionId>,
    /// Which token each invocation was for.
    pub(crate) invoked_for: BTreeMap<InvocationNumber, VersionId>,
    pub(crate) sections: BTreeMap<String, String>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) admin_versions: usize,
    subscribers: Vec<Subscriber>,
    hooks: Hooks,
    seed: u64,
    calls: u64,
    racing: usize,
    pub(crate) gate: Gate,
}

/// Where in the emulated world the run takes place.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// How the scenario calls the secret.
    pub name: String,
    /// The AppSync API whose keys are rotated.
    pub api: ApiId,
    /// The secret that holds the key.
    pub secret: SecretArn,
    /// The token of the rotation that runs or ran last.
    pub token: Option<VersionId>,
    /// What the secret's first version held.
    pub first_value: String,
}

pub(crate) use requests::AdminAnswer;
use subscribers::Subscriber;

/// What a person does just before a call.
#[derive(Debug, Default)]
struct Hooks {
    points: FaultPlan,
    actions: Vec<Hook>,
}

/// What a person does at a call, and which statement says so.
#[derive(Debug)]
struct Hook {
    rule: RuleId,
    statement: usize,
    action: AdminAction,
}

impl Hooks {
    fn is_armed(&self) -> bool {
        !self.actions.is_empty()
    }
}

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
            engine: Engine::new(options),
            history: History::default(),
            names: Names::default(),
            judge,
            entropy: Entropy::from_seed(mix(seed, u64::MAX)),
            spec,
            function_clock: FunctionClock::new(clock.clone()),
            clock,
            apis: Vec::new(),
            others: Vec::new(),
            denied: BTreeMap::new(),
            tokens: BTreeSet::new(),
            invoked_for: BTreeMap::new(),
            place: Place {
                name: "s".to_owned(),
                api: ApiId::new(""),
                secret: SecretArn::new(""),
                token: None,
                first_value: String::new(),
            },
            sections: BTreeMap::new(),
            problems: Vec::new(),
            admin_versions: 0,
            subscribers: Vec::new(),
            hooks: Hooks::default(),
            seed,
            calls: 0,
            racing: 0,
            gate: Gate::default(),
        }
    }

    /// The calendar's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A note in the history.
    pub(crate) fn note(&mut self, what: What) {
        let now = self.now();
        self.history.add(now, what);
    }

    /// How many invocations run at once from now on.
    pub(crate) fn set_racing(&mut self, invocations: usize) {
        self.racing = invocations;
    }

    /// What a person will do just before a call, as a statement says.
    pub(crate) fn hook(&mut self, statement: usize, rule: Rule, action: AdminAction) {
        let rule = self.hooks.points.arm(rule);
        self.hooks.actions.push(Hook {
            rule,
            statement,
            action,
        });
    }

    /// Takes back what a person was to do at calls that never came: the statements that say so.
    pub(crate) fn take_unused_hooks(&mut self) -> Vec<usize> {
        let hooks = std::mem::take(&mut self.hooks);
        let unused = hooks.points.unfired();
        let is_unused = |hook: &&Hook| unused.iter().any(|row| row.id == hook.rule);
        let unused = hooks.actions.iter().filter(is_unused);
        unused.map(|hook| hook.statement).collect()
    }

    /// A request begins: gives the SDK's jitter its seed and tells how long the request travels.
    pub(crate) fn begin_call(&mut self) -> Duration {
        self.calls += 1;
        fastrand::seed(mix(self.seed, self.calls));
        if self.racing > 1 && !self.gate.is_open() {
            racing_latency(self.seed, self.calls)
        } else {
            Duration::ZERO
        }
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
        let (now, commits) = (self.now(), self.engine.commits());
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
        if self.engine.commits() != commits {
            self.judge_call(caller);
        }
        (after, carried)
    }

    /// Lets the effects land that nobody waits for any more and that are due by now.
    pub(crate) fn land_late_effects(&mut self) {
        let now = self.now();
        for landed in self.engine.land_late_effects(now) {
            let operation = landed.operation;
            self.note(What::Service(ServiceEvent::LandsLate { operation }));
            self.judge_call(landed.caller);
        }
    }

    fn run_hooks(&mut self, point: &CallPoint<'_>) {
        let Some(fired) = self.hooks.points.decide(point) else {
            return;
        };
        let mut hooks = self.hooks.actions.iter();
        let due = hooks.find(|hook| hook.rule == fired.rule);
        if let Some(action) = due.map(|hook| hook.action.clone()) {
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
                let response = self.engine.refuse_run(self.now());
                (seen(&response), Carried::Answer(response))
            }
            Ending::Panicked => (Seen::Killed, Carried::Panicked),
        };
        let exchange = Exchange {
            number: self.calls,
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

    /// Every secret, `s` first.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(&self.others)
    }

    /// The secret that the scenario calls so.
    pub(crate) fn place_named(&self, name: &str) -> Option<&Place> {
        self.places().find(|place| place.name == name)
    }

    /// Notes the token of the rotation that runs or ran last.
    pub(crate) fn set_token(&mut self, secret: &SecretArn, token: VersionId) {
        let mut places = std::iter::once(&mut self.place).chain(&mut self.others);
        if let Some(place) = places.find(|place| place.secret == *secret) {
            place.token = Some(token);
        }
    }

    /// The first secret in a snapshot.
    pub(crate) fn secret_in<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s SecretView> {
        let secret = &self.place.secret;
        snapshot.secrets.iter().find(|view| view.arn == *secret)
    }

    /// Lets every oracle look at the world because time has passed.
    pub(crate) fn judge_clock(&mut self) {
        let snapshot = self.snapshot();
        self.judge.clock_moved(&snapshot);
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
        let due = self.engine.poll_timeout().map(|(due, _)| due);
        expiry.into_iter().chain(due).min()
    }

    /// The world as judges see it.
    pub(crate) fn snapshot(&mut self) -> Snapshot {
        let now = self.now();
        self.engine.snapshot(now)
    }
}

fn seen(response: &http::Response<Bytes>) -> Seen {
    Seen::Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body().clone(),
    }
}
