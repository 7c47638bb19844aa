//! One run's world: the engine, the calendar, the names, the history and the judge, behind one lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::entropy::Entropy;
use keywheel_emulator::fault::{CallPoint, Caller, FaultPlan, RuleId};
use keywheel_emulator::ids::{ApiId, SecretArn, VersionId};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};

use crate::clock::VirtualClock;
use crate::gate::Gate;
use crate::history::{Exchange, History, Seen, What};
use crate::names::Names;
use crate::oracle::{Actor, Judge};
use crate::scenario::{AdminAction, WorldSpec};
use crate::wire::{Carried, mix, racing_latency};

/// Everything of one run that more than one task touches.
pub struct Core {
    pub(crate) engine: Engine,
    pub(crate) history: History,
    pub(crate) names: Names,
    pub(crate) judge: Judge,
    pub(crate) clock: VirtualClock,
    pub(crate) entropy: Entropy,
    pub(crate) spec: WorldSpec,
    pub(crate) place: Place,
    pub(crate) sections: BTreeMap<String, String>,
    pub(crate) problems: Vec<String>,
    pub(crate) admin_versions: usize,
    hooks: Hooks,
    seed: u64,
    calls: u64,
    racing: usize,
    pub(crate) gate: Gate,
}

/// Where in the emulated world the run takes place.
#[derive(Clone, Debug)]
pub struct Place {
    /// The AppSync API whose keys are rotated.
    pub api: ApiId,
    /// The secret that holds the key.
    pub secret: SecretArn,
    /// The token of the rotation that runs or ran last.
    pub token: Option<VersionId>,
    /// What the secret's first version held.
    pub first_value: String,
}

/// What a person does just before a call.
#[derive(Debug, Default)]
struct Hooks {
    points: FaultPlan,
    actions: Vec<(RuleId, AdminAction)>,
}

impl Hooks {
    fn is_armed(&self) -> bool {
        !self.actions.is_empty()
    }
}

/// An answer to a request that the harness itself makes.
pub(crate) type AdminAnswer = Result<Value, AdminRefusal>;

/// A request of the harness that the emulator refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} was refused with {code}: {message}")]
pub struct AdminRefusal {
    /// What was asked.
    pub operation: String,
    /// The error code.
    pub code: String,
    /// The message.
    pub message: String,
}

/// The world of a run, shared by its tasks.
#[derive(Clone)]
pub struct World(pub(crate) Arc<Mutex<Core>>);

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
            clock,
            entropy: Entropy::from_seed(mix(seed, u64::MAX)),
            spec,
            place: Place {
                api: ApiId::new(""),
                secret: SecretArn::new(""),
                token: None,
                first_value: String::new(),
            },
            sections: BTreeMap::new(),
            problems: Vec::new(),
            admin_versions: 0,
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

    /// What a person will do just before a call.
    pub(crate) fn hook(&mut self, rule: keywheel_emulator::fault::Rule, action: AdminAction) {
        let id = self.hooks.points.arm(rule);
        self.hooks.actions.push((id, action));
    }

    /// Takes back what a person was to do at calls that never came, and tells it.
    pub(crate) fn take_unused_hooks(&mut self) -> Vec<String> {
        let hooks = std::mem::take(&mut self.hooks);
        let unused = hooks.points.unfired();
        unused
            .iter()
            .map(|row| format!("at {} admin …", row.rule.address))
            .collect()
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
    ) -> (Duration, Carried) {
        let now = self.now();
        let request = Request {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: &body,
            caller,
        };
        if self.hooks.is_armed() {
            let operation = Engine::operation_of(&request);
            self.run_hooks(&CallPoint { operation, caller });
        }
        let commits = self.engine.commits();
        let outcome = self.engine.call(&request, now);
        let after = outcome.after;
        let carried = self.record(parts, body, caller, outcome);
        if self.engine.commits() != commits {
            self.judge_commit(Actor::Function(caller.map(|caller| caller.step)));
        }
        (after, carried)
    }

    fn run_hooks(&mut self, point: &CallPoint<'_>) {
        let Some(fired) = self.hooks.points.decide(point) else {
            return;
        };
        let due = self
            .hooks
            .actions
            .iter()
            .find(|(rule, _)| *rule == fired.rule);
        if let Some(action) = due.map(|(_, action)| action.clone()) {
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
            Ending::Silence => (Seen::Silence, Carried::Silence),
            Ending::Killed => (Seen::Killed, Carried::Killed),
            Ending::Run(_) => {
                let response = self.engine.refuse_run(self.now());
                (seen(&response), Carried::Answer(response))
            }
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
            fault: outcome.fault.map(|verdict| verdict.to_string()),
        };
        self.note(What::Call(Box::new(exchange)));
        carried
    }

    /// Lets every oracle look at what has just been committed.
    pub(crate) fn judge_commit(&mut self, actor: Actor) {
        let snapshot = self.snapshot();
        self.judge
            .committed(&snapshot, actor, self.place.token.as_ref(), &mut self.names);
        self.note_violations();
    }

    /// Lets every oracle look at the world because time has passed.
    pub(crate) fn judge_clock(&mut self) {
        let snapshot = self.snapshot();
        self.judge.clock_moved(&snapshot, &self.names);
        self.note_violations();
    }

    /// Looks for keys in a text that others may read.
    pub(crate) fn read_text(&mut self, whose: &str, text: &str) {
        let now = self.now();
        self.judge.read_text(now, whose, text, &self.names);
        self.note_violations();
    }

    /// Puts what the oracles have just found into the history.
    pub(crate) fn note_violations(&mut self) {
        for text in self.judge.take_news() {
            self.note(What::Violation(text));
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

    /// A request of the harness itself to Secrets Manager. No fault strikes it.
    pub(crate) fn ask_secrets(&mut self, operation: &str, body: &Value) -> AdminAnswer {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", target_header(operation));
        headers.insert(
            "content-type",
            http::HeaderValue::from_static("application/x-amz-json-1.1"),
        );
        self.ask(
            operation,
            &Method::POST,
            &Uri::from_static("/"),
            &headers,
            body,
        )
    }

    /// A request of the harness itself to AppSync. No fault strikes it.
    pub(crate) fn ask_appsync(
        &mut self,
        operation: &str,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> AdminAnswer {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            http::HeaderValue::from_static("application/json"),
        );
        let uri = uri_of(path);
        self.ask(operation, method, &uri, &headers, body)
    }

    fn ask(
        &mut self,
        operation: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Value,
    ) -> AdminAnswer {
        let now = self.now();
        let body = body.to_string();
        let request = Request {
            method,
            uri,
            headers,
            body: body.as_bytes(),
            caller: None,
        };
        let response = self.engine.call_exempt(&request, now);
        let value: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        if response.status().is_success() {
            return Ok(value);
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let header = response
            .headers()
            .get("x-amzn-errortype")
            .and_then(|code| code.to_str().ok());
        Err(AdminRefusal {
            operation: operation.to_owned(),
            code: text("__type")
                .or_else(|| header.map(str::to_owned))
                .unwrap_or_default(),
            message: text("Message")
                .or_else(|| text("message"))
                .unwrap_or_default(),
        })
    }
}

fn target_header(operation: &str) -> http::HeaderValue {
    let target = format!("secretsmanager.{operation}");
    target.parse().expect("operation names are visible ASCII")
}

fn uri_of(path: &str) -> Uri {
    path.parse()
        .expect("ids that the emulator made are valid in a path")
}

fn seen(response: &http::Response<Bytes>) -> Seen {
    Seen::Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body().clone(),
    }
}
