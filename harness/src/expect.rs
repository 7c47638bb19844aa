//! Expectations of a scenario, compared with what is.

use std::collections::BTreeMap;

use keywheel_emulator::engine::journal::{self, Entry};
use keywheel_emulator::fault::{Address, CallPoint, Caller, FaultPlan, Rule, Span, Times, Verdict};
use keywheel_emulator::ids::{ApiKeyId, StagingLabel, Step};
use keywheel_emulator::ops;
use keywheel_emulator::realtime;
use keywheel_emulator::time::HOUR_MS;
use keywheel_emulator::wire::service::Service;

use crate::history::{Event, What};
use crate::marks;
use crate::scenario::{Bound, Check, Expectation, KeyRef, KeyState, Payload, VersionRef};
use crate::world::Core;

/// A rule that fires once at an address, for events that are not faults.
pub(crate) fn once_at(address: Address) -> Rule {
    Rule::once(address, Verdict::Delay(Span::ZERO))
}

/// Compares an expectation with the world and the history.
pub(crate) fn check(core: &mut Core, expectation: &Expectation) -> Result<(), String> {
    match expectation {
        Expectation::Labels(labels) => labels_are(core, labels),
        Expectation::Key { key, state } => key_is(core, key, *state),
        Expectation::Keys(bound) => within("keys", live_keys(core), *bound),
        Expectation::Creates(bound) => within("creates", creates(core), *bound),
        Expectation::Calls { of, count } => within(&format!("calls {of}"), calls(core, of), *count),
        Expectation::ValueUnchangedButKey => value_is_unchanged(core),
        Expectation::Value(value) => value_is(core, value),
        Expectation::Violation { oracle } => oracle_objected(core, oracle),
        Expectation::Event { name, count } => {
            within(&format!("event {name}"), events(core, name), *count)
        }
        Expectation::Rotated(bound) => within("rotated", rotated(core), *bound),
        Expectation::Replica { state } => core.replica_is(*state),
        Expectation::Subscriber { name, key } => core.subscriber_hears(name, key),
        Expectation::Mark { name } => met(core, name),
    }
}

/// Compares a check of `finally`. Oracles need no check here: they object by themselves.
pub(crate) fn check_finally(core: &mut Core, check: &Check) -> Result<(), String> {
    match check {
        Check::Oracle(_) => Ok(()),
        Check::Keys(bound) => within("keys", live_keys(core), *bound),
        Check::Creates(bound) => within("creates", creates(core), *bound),
    }
}

fn within(what: &str, found: usize, bound: Bound) -> Result<(), String> {
    if bound.holds(u32::try_from(found).unwrap_or(u32::MAX)) {
        return Ok(());
    }
    Err(format!("{what}: expected {bound}, found {found}"))
}

/// Keys that the function made and that are neither gone nor expired.
fn live_keys(core: &Core) -> usize {
    let now = core.now();
    let records = core.judge.ledger().keys().map(|(_, record)| record);
    records
        .filter(|r| r.minted_by.is_function() && r.removed.is_none() && r.expires > now)
        .count()
}

fn creates(core: &Core) -> usize {
    core.judge
        .ledger()
        .keys()
        .filter(|(_, record)| record.minted_by.is_function())
        .count()
}

/// Requests of the function that an address means, counted from the start of the run.
fn calls(core: &Core, of: &Address) -> usize {
    let mut plan = FaultPlan::default();
    let rule = Rule {
        times: Times::Forever,
        ..once_at(of.clone())
    };
    plan.arm(rule);
    let points = core.history.calls().map(|exchange| CallPoint {
        service: service_of(exchange.operation),
        ..CallPoint::of(
            exchange.operation,
            exchange
                .caller
                .map(|(invocation, step)| Caller { invocation, step }),
        )
    });
    points.filter(|point| plan.decide(point).is_some()).count()
}

/// The service of an operation, as addresses name it.
pub(crate) fn service_of(operation: &str) -> &'static str {
    let row = ops::rows().find(|row| row.name == operation);
    let service = match row {
        Some(row) => row.service,
        None if realtime::address::OPERATIONS.contains(&operation) => Service::Events,
        None => Service::GraphQl,
    };
    service.as_str()
}

fn oracle_objected(core: &Core, oracle: &str) -> Result<(), String> {
    let mut violations = core.judge.violations().iter();
    if violations.any(|violation| violation.oracle == oracle) {
        return Ok(());
    }
    Err(format!("{oracle} was expected to object, and did not"))
}

fn met(core: &Core, mark: &str) -> Result<(), String> {
    let marks = marks::of(&core.history);
    if marks.contains(mark) {
        return Ok(());
    }
    let met: Vec<&str> = marks.into_iter().collect();
    let met = match met.is_empty() {
        true => "none".to_owned(),
        false => met.join(", "),
    };
    Err(format!("mark {mark} was not met; met so far: {met}"))
}

/// Service events of this name so far.
fn events(core: &Core, name: &str) -> usize {
    let is_it = |entry: &&Entry| matches!(entry.what, journal::What::Event { name: known, .. } if known == name);
    core.engine.journal().since(0).filter(is_it).count()
}

/// Secrets whose AWSCURRENT is a version that a rotation made.
pub(crate) fn rotated(core: &mut Core) -> usize {
    let snapshot = core.snapshot();
    let current = StagingLabel::current();
    let primaries = snapshot.secrets.iter().filter(|secret| !secret.is_replica);
    let currents = primaries.filter_map(|secret| secret.labels.get(&current));
    currents
        .filter(|version| core.tokens.contains(*version))
        .count()
}

fn value_is(core: &mut Core, expected: &Payload) -> Result<(), String> {
    let expected = core.text_of(expected)?;
    let current = core.current_value().unwrap_or_default();
    if current == expected {
        return Ok(());
    }
    let (current, expected) = (core.names.masked(&current), core.names.masked(&expected));
    Err(format!("value: expected {expected:?}, found {current:?}"))
}

fn labels_are(core: &mut Core, expected: &BTreeMap<String, VersionRef>) -> Result<(), String> {
    let snapshot = core.snapshot();
    let labels = core
        .secret_in(&snapshot)
        .map(|secret| secret.labels.clone())
        .unwrap_or_default();
    let found: Vec<String> = labels
        .iter()
        .map(|(label, version)| format!("{label}={}", core.names.version(version)))
        .collect();
    let mut wanted = Vec::new();
    for (label, version) in expected {
        let version = core.resolve_version(version)?;
        wanted.push(format!("{label}={}", core.names.version(&version)));
    }
    if found == wanted {
        return Ok(());
    }
    Err(format!(
        "labels: expected {}, found {}",
        wanted.join(" "),
        found.join(" ")
    ))
}

fn key_is(core: &mut Core, key: &KeyRef, state: KeyState) -> Result<(), String> {
    let id = core.resolve_key(key)?;
    let found = state_of(core, &id);
    let is_met =
        found == Some(state) || (state == KeyState::Alive && found == Some(KeyState::Expiring));
    if is_met {
        return Ok(());
    }
    let found = found.map_or("unknown".to_owned(), |state| state.to_string());
    Err(format!("key {key}: expected {state}, found {found}"))
}

/// A retired key has up to 26 hours left: AppSync's shortest life is a day, rounded to the hour.
fn state_of(core: &Core, id: &ApiKeyId) -> Option<KeyState> {
    let record = core.judge.ledger().key(id)?;
    let left_ms = record.expires.millis_since(core.now());
    Some(match record.removed {
        Some(_) => KeyState::Gone,
        None if left_ms <= 0 => KeyState::Expired,
        None if left_ms <= 26 * HOUR_MS => KeyState::Expiring,
        None => KeyState::Alive,
    })
}

/// The labels and what has become of each key, in symbolic names.
pub(crate) fn end_state(core: &Core) -> String {
    let ledger = core.judge.ledger();
    let labels = ledger.labels().iter();
    let labels = labels.map(|(label, version)| format!("{label}={}", core.names.version(version)));
    let keys = ledger.keys().map(|(id, _)| {
        let state = state_of(core, id).map_or("unknown".to_owned(), |state| state.to_string());
        format!("{} {state}", core.names.key(id.expose()))
    });
    let mut keys: Vec<String> = keys.collect();
    keys.sort();
    labels.chain(keys).collect::<Vec<_>>().join(", ")
}

fn value_is_unchanged(core: &mut Core) -> Result<(), String> {
    let current = core.current_value().unwrap_or_default();
    let key = core.resolve_key(&KeyRef::Current)?;
    let first = core.names.key_named("k0");
    let first = first.as_ref().map_or("CHANGE_ME", ApiKeyId::expose);
    let expected = core.place.first_value.replace(first, key.expose());
    if current.trim_end() == expected.trim_end() {
        return Ok(());
    }
    let (current, expected) = (core.names.masked(&current), core.names.masked(&expected));
    Err(format!("value: expected {expected}, found {current}"))
}

/// Does the service begin with createSecret there? It waits before it tries again; what follows at
/// once is a second delivery of the same attempt.
fn begins_an_attempt(events: &[Event], at: usize) -> bool {
    let is_create = |what: &What| matches!(what, What::Started { step, .. } if step == Step::CreateSecret.as_str());
    let mut before = events[..at].iter().rev();
    let ended = before.find(|event| matches!(event.what, What::Ended { .. }));
    is_create(&events[at].what) && ended.is_none_or(|ended| ended.at < events[at].at)
}

impl Core {
    /// Was the last attempt free of faults, and the whole rotation of people and missed steps? Then
    /// its failure is the function's own.
    pub(crate) fn failed_for_no_reason(&self) -> bool {
        let is_statement = |event: &Event| matches!(event.what, What::Statement { .. });
        let events = self.history.events();
        let rotation = events.rsplit(is_statement).next().unwrap_or_default();
        let is_struck =
            |event: &Event| matches!(&event.what, What::Call(call) if call.fault.is_some());
        let is_meddled_with =
            |event: &Event| matches!(event.what, What::Admin(_) | What::Service(_));
        let begins = |at: &usize| begins_an_attempt(rotation, *at);
        let last = (0..rotation.len()).rev().find(begins);
        let is_clean = |at: usize| !rotation[at..].iter().any(is_struck);
        last.is_some_and(is_clean) && !rotation.iter().any(is_meddled_with)
    }

    /// How the last failed invocation failed, for a message.
    pub(crate) fn last_failure(&self) -> String {
        use crate::history::InvocationEnd::{Failed, Killed, Succeeded, TimedOut};
        let ends = self
            .history
            .events()
            .iter()
            .rev()
            .filter_map(|event| match &event.what {
                What::Ended { end, .. } => Some(end),
                _ => None,
            });
        match ends.take(1).next() {
            Some(Failed {
                error_type,
                message,
            }) => format!(": {error_type}: {message}"),
            Some(Killed) => ": the last invocation was killed".to_owned(),
            Some(TimedOut) => ": the last invocation did not answer in time".to_owned(),
            Some(Succeeded) => ": every step succeeded, but AWSCURRENT is elsewhere".to_owned(),
            None => String::new(),
        }
    }
}
