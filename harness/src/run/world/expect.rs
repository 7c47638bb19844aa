//! Expectations of a scenario, compared with what is.

use std::collections::BTreeMap;

use keywheel_emulator::engine::journal::{self, Entry};
use keywheel_emulator::fault::{Address, CallPoint, Caller, FaultPlan, Rule, Span, Times, Verdict};
use keywheel_emulator::ids::{ApiKeyId, StagingLabel, Step};
use keywheel_emulator::time::HOUR_MS;

use crate::call::operation::service_of;
use crate::history::{Event, InvocationEnd, RotationFailure, Unable, What, marks};
use crate::record::{Counted, Mismatch};
use crate::run::world::Core;
use crate::scenario::{
    Bound, Check, Expectation, KeyRef, KeyState, Mark, OracleId, Payload, VersionRef,
};

/// A rule that fires once at an address, for events that are not faults.
pub(crate) fn once_at(address: Address) -> Rule {
    Rule::once(address, Verdict::Delay(Span::ZERO))
}

/// Compares an expectation with the world and the history.
pub(crate) fn check(core: &mut Core, expectation: &Expectation) -> Result<(), Mismatch> {
    match expectation {
        Expectation::Labels(labels) => labels_are(core, labels),
        Expectation::Key { key, state } => key_is(core, key, *state),
        Expectation::Keys(bound) => within(Counted::Keys, live_keys(core), *bound),
        Expectation::Creates(bound) => within(Counted::Creates, creates(core), *bound),
        Expectation::Calls { of, count } => {
            within(Counted::Calls(of.clone()), calls(core, of), *count)
        }
        Expectation::ValueUnchangedButKey => value_is_unchanged(core),
        Expectation::Value(value) => value_is(core, value),
        Expectation::Violation { oracle } => oracle_objected(core, *oracle),
        Expectation::Event { name, count } => {
            within(Counted::Event(name.clone()), events(core, name), *count)
        }
        Expectation::Rotated(bound) => within(Counted::Rotated, rotated(core), *bound),
        Expectation::Replica { state } => core.replica_is(*state),
        Expectation::Subscriber { name, key } => core.subscriber_hears(name, key),
        Expectation::Coverage { mark } => met(core, *mark),
    }
}

/// Compares a check of `finally`. Oracles need no check here: they object by themselves.
pub(crate) fn check_finally(core: &mut Core, check: &Check) -> Result<(), Mismatch> {
    match check {
        Check::Oracle(_) => Ok(()),
        Check::Keys(bound) => within(Counted::Keys, live_keys(core), *bound),
        Check::Creates(bound) => within(Counted::Creates, creates(core), *bound),
    }
}

fn within(of: Counted, found: usize, expected: Bound) -> Result<(), Mismatch> {
    if expected.holds(u32::try_from(found).unwrap_or(u32::MAX)) {
        return Ok(());
    }
    Err(Mismatch::Count {
        of,
        expected,
        found,
    })
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

fn oracle_objected(core: &Core, oracle: OracleId) -> Result<(), Mismatch> {
    let mut violations = core.judge.violations().iter();
    if violations.any(|violation| violation.oracle() == oracle) {
        return Ok(());
    }
    Err(Mismatch::NoViolation(oracle))
}

fn met(core: &Core, mark: Mark) -> Result<(), Mismatch> {
    let marks = marks::of(&core.history);
    if marks.contains(&mark) {
        return Ok(());
    }
    let met = marks.into_iter().collect();
    Err(Mismatch::NoMark { mark, met })
}

/// Service events of this name so far.
fn events(core: &Core, name: &str) -> usize {
    let is_it = |entry: &&Entry| matches!(entry.what, journal::What::Event { name: known, .. } if known == name);
    core.service.engine.journal().since(0).filter(is_it).count()
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

fn value_is(core: &mut Core, expected: &Payload) -> Result<(), Mismatch> {
    let expected = core.text_of(expected)?;
    let found = core.current_value().unwrap_or_default();
    same_value(core, &expected, &found)
}

fn same_value(core: &Core, expected: &str, found: &str) -> Result<(), Mismatch> {
    if found == expected {
        return Ok(());
    }
    Err(Mismatch::Value {
        expected: core.names.masked(expected),
        found: core.names.masked(found),
    })
}

fn labels_are(core: &mut Core, expected: &BTreeMap<String, VersionRef>) -> Result<(), Mismatch> {
    let snapshot = core.snapshot();
    let found = core.secret_in(&snapshot);
    let found = found
        .map(|secret| secret.labels.clone())
        .unwrap_or_default();
    let wanted = expected.iter().map(|(label, version)| {
        let version = core.resolve_version(version)?;
        Ok((StagingLabel::new(label), version))
    });
    let expected = wanted.collect::<Result<BTreeMap<_, _>, Unable>>()?;
    if found == expected {
        return Ok(());
    }
    Err(Mismatch::Labels { expected, found })
}

fn key_is(core: &mut Core, key: &KeyRef, expected: KeyState) -> Result<(), Mismatch> {
    let id = core.resolve_key(key)?;
    let found = state_of(core, &id);
    let is_alive = found == Some(KeyState::Expiring) && expected == KeyState::Alive;
    if found == Some(expected) || is_alive {
        return Ok(());
    }
    let key = key.clone();
    Err(Mismatch::Key {
        key,
        expected,
        found,
    })
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

/// The labels and what has become of each key, by aliases.
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

fn value_is_unchanged(core: &mut Core) -> Result<(), Mismatch> {
    let found = core.current_value().unwrap_or_default();
    let key = core.resolve_key(&KeyRef::Current)?;
    let first = core.names.key_named("k0");
    let first = first.as_ref().map_or("CHANGE_ME", ApiKeyId::expose);
    let expected = core.places.first.first_value.replace(first, key.expose());
    same_value(core, expected.trim_end(), found.trim_end())
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
        let is_statement = |event: &Event| matches!(event.what, What::Statement(_));
        let events = self.history.events();
        let rotation = events.rsplit(is_statement).next().unwrap_or_default();
        let is_faulty = |event: &Event| event.what.fault().is_some();
        let is_meddled_with =
            |event: &Event| matches!(event.what, What::Admin(_) | What::Service(_));
        let begins = |at: &usize| begins_an_attempt(rotation, *at);
        let last = (0..rotation.len()).rev().find(begins);
        let is_clean = |at: usize| !rotation[at..].iter().any(is_faulty);
        last.is_some_and(is_clean) && !rotation.iter().any(is_meddled_with)
    }

    /// Why a rotation whose version is not current has failed.
    pub(crate) fn last_failure(&self) -> RotationFailure {
        let events = self.history.events().iter().rev();
        let mut ends = events.filter_map(|event| match &event.what {
            What::Ended { end, .. } => Some(end.clone()),
            _ => None,
        });
        match ends.next() {
            Some(InvocationEnd::Failed {
                error_type,
                message,
            }) => RotationFailure::Error {
                error_type,
                message,
            },
            Some(InvocationEnd::Killed) => RotationFailure::Killed,
            Some(InvocationEnd::TimedOut) => RotationFailure::TimedOut,
            Some(InvocationEnd::Succeeded) => RotationFailure::CurrentElsewhere,
            None => RotationFailure::NotInvoked,
        }
    }
}
