//! The course of a run: which calls it made after its orders, and a fingerprint by which two runs
//! are told to have gone the same way.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::mem::{Discriminant, discriminant};

use keywheel_emulator::fault::Address;
use keywheel_emulator::ids::Step;

use crate::history::describe::{Asked, Got};
use crate::history::{Event, Exchange, InvocationEnd, ServiceEvent, What, describe};
use crate::record::Run;

/// The calls that the steps of a run make after its `at`-th statement, counted as a fault rule on
/// that line counts them, in order. What a fault strikes already is left out: no other can.
pub fn points(run: &Run, at: usize) -> Vec<Address> {
    let mut counts: BTreeMap<(Step, String), u32> = BTreeMap::new();
    let mut points = Vec::new();
    for event in own_part(run, at) {
        let called = event.what.caller().zip(event.what.operation());
        let Some(((_, step), operation)) = called else {
            continue;
        };
        let count = counts.entry((step, operation.clone())).or_default();
        *count += 1;
        if event.what.fault().is_some() {
            continue;
        }
        let address = format!("{step}/{operation}#{count}");
        points.push(address.parse().expect("operations have plain names"));
    }
    points
}

/// A call that a run makes after the first fault was triggered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// Where it is.
    pub at: Address,
    /// What a second fault can still change there. Equal situations are one place: the same calls
    /// with the same answers led from the start of the invocation to this call, and on to the same
    /// end. In the invocation that the first fault struck, which remembers it, no two are equal
    /// unless the whole course is.
    pub situation: u64,
    /// How often the first fault had been triggered before that start.
    pub triggered: u32,
}

/// The calls that a run makes after the first fault was triggered.
pub fn points_after_a_fault(run: &Run, at: usize) -> Vec<Later> {
    let events: Vec<&Event> = own_part(run, at).collect();
    let Some(first) = events.iter().position(|event| is_faulty(event)) else {
        return Vec::new();
    };
    let (rests, starts) = (rests(run, &events), starts(&events, first));
    let calls = events.iter().enumerate();
    let free = calls.filter_map(|(index, event)| Some((index, free_caller(event)?)));
    let places = points(run, at).into_iter().zip(free);
    let later = places.filter(|(_, (index, _))| *index > first);
    later
        .map(|(at, (index, invocation))| {
            let start = starts.get(&invocation).copied().unwrap_or(0);
            let triggered = events[..start].iter().filter(|event| is_faulty(event));
            Later {
                at,
                situation: hash_of(&(rests[start], index - start)),
                triggered: u32::try_from(triggered.count()).unwrap_or(u32::MAX),
            }
        })
        .collect()
}

/// Is it a call of an invocation that a fault struck?
fn is_faulty(event: &Event) -> bool {
    event.what.fault().is_some() && event.what.caller().is_some()
}

/// The invocation whose call it is, if no fault struck it.
fn free_caller(event: &Event) -> Option<u64> {
    let caller = event.what.caller().filter(|_| event.what.fault().is_none());
    caller.map(|(invocation, _)| invocation.0)
}

/// From which event on each invocation can have been reached by what the first strike changed:
/// nothing but the world reaches one that begins after it and when no other runs.
fn starts(events: &[&Event], first: usize) -> BTreeMap<u64, usize> {
    let (mut open, mut starts) = (BTreeSet::new(), BTreeMap::new());
    for (index, event) in events.iter().enumerate() {
        match &event.what {
            What::Started { invocation, .. } => {
                let is_alone = open.is_empty() && index > first;
                starts.insert(*invocation, if is_alone { index } else { 0 });
                open.insert(*invocation);
            }
            What::Ended { invocation, .. } => {
                open.remove(invocation);
            }
            _ => {}
        }
    }
    starts
}

/// For each event a fingerprint of it and of all that follows, to the run's end.
fn rests(run: &Run, events: &[&Event]) -> Vec<u64> {
    let mut rest = hash_of(&run.end_state);
    let mut rests: Vec<u64> = (0..events.len())
        .rev()
        .map(|index| {
            if let Some(shown) = shown(run, events[index], &events[index + 1..]) {
                rest = hash_of(&(shown, rest));
            }
            rest
        })
        .collect();
    rests.reverse();
    rests
}

/// What an event tells of the world, however many invocations there were before it.
#[derive(Hash)]
enum Shown {
    /// A call, with its answer if no fault struck it.
    Call(&'static str, Asked, Option<Got>),
    Target(&'static str, String, Option<String>),
    Started(String, String),
    Ended(Discriminant<InvocationEnd>),
    Objection(String),
    Admin(String),
    Service(String),
    Statement(usize),
}

/// What an event shows; nothing if the function did not see it.
fn shown(run: &Run, event: &Event, later: &[&Event]) -> Option<Shown> {
    Some(match &event.what {
        What::Call(exchange) if is_hidden(exchange, later) => return None,
        What::Call(exchange) => {
            let step = exchange.caller.map_or("-", |(_, step)| step.as_str());
            let asked = describe::request(exchange, &run.names);
            let answered = exchange.fault.is_none();
            Shown::Call(step, asked, answered.then(|| describe::outcome(exchange)))
        }
        What::Target(call) => {
            let step = call.caller.map_or("-", |(_, step)| step.as_str());
            let answered = call.fault.is_none().then(|| call.end.to_string());
            Shown::Target(step, format!("{} {}", call.call, call.call.text), answered)
        }
        What::Started { step, token, .. } => Shown::Started(step.clone(), run.names.version(token)),
        What::Ended { end, .. } => Shown::Ended(ending(end)),
        What::Violation(number) => Shown::Objection(objection(run, *number)),
        What::Admin(action) => Shown::Admin(action.to_string()),
        What::Service(event) => Shown::Service(describe::service(event, &run.names)),
        What::Statement(number) => Shown::Statement(*number),
    })
}

/// What an oracle found, by aliases: keys of two runs are never the same.
fn objection(run: &Run, number: usize) -> String {
    let found = run.found.get(number);
    found.map_or_else(String::new, |violation| run.describe(violation))
}

fn hash_of(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The events from the `at`-th statement to the moment when faults stop.
fn own_part(run: &Run, at: usize) -> impl Iterator<Item = &Event> {
    let mut statements = 0;
    let events = run.history.events().iter();
    let own = events.skip_while(move |event| {
        let is_statement = matches!(event.what, What::Statement(_));
        statements += usize::from(is_statement);
        statements <= at
    });
    let is_end = |event: &&Event| matches!(event.what, What::Service(ServiceEvent::FaultsStop));
    own.take_while(move |event| !is_end(event))
}

/// A fingerprint of what the function did and met after its orders. In which way a struck call
/// failed is left out, and so is a failure that the SDK's retry hid: two faults after which
/// everything goes the same way are one.
pub fn fingerprint(run: &Run, at: usize) -> u64 {
    let events: Vec<&Event> = own_part(run, at).collect();
    let mut hasher = DefaultHasher::new();
    for (index, event) in events.iter().enumerate() {
        match &event.what {
            What::Call(exchange) => {
                if is_hidden(exchange, &events[index + 1..]) {
                    continue;
                }
                let by = exchange.caller.map(|(by, _)| by.0);
                (by, exchange.operation).hash(&mut hasher);
                if exchange.fault.is_none() {
                    describe::outcome(exchange).hash(&mut hasher);
                }
            }
            What::Target(call) => {
                let by = call.caller.map(|(by, _)| by.0);
                let answered = call.fault.is_none().then(|| call.end.to_string());
                (by, call.call.to_string(), answered).hash(&mut hasher);
            }
            What::Ended { invocation, end } => (invocation, ending(end)).hash(&mut hasher),
            What::Violation(number) => objection(run, *number).hash(&mut hasher),
            What::Started { .. } | What::Admin(_) | What::Statement(_) | What::Service(_) => {}
        }
    }
    run.end_state.hash(&mut hasher);
    hasher.finish()
}

/// Did the function not see that the call was struck, since the SDK made it again?
fn is_hidden(exchange: &Exchange, later: &[&Event]) -> bool {
    let next = later.iter().find_map(|event| match &event.what {
        What::Call(next) if next.caller == exchange.caller => Some(next),
        _ => None,
    });
    exchange.fault.is_some() && next.is_some_and(|next| next.is_retry_of(exchange))
}

/// How an invocation ended, as far as the service minds: to it all errors are one.
fn ending(end: &InvocationEnd) -> Discriminant<InvocationEnd> {
    discriminant(end)
}
