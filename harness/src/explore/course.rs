//! The course of a run: which calls it made after its orders, and a fingerprint by which two runs
//! are told to have gone the same way.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use keywheel_emulator::fault::Address;
use keywheel_emulator::ids::Step;

use crate::history::{Event, Exchange, InvocationEnd, What};
use crate::marks::is_retry;
use crate::report::describe;
use crate::run::{FAULTS_STOP, Run};

/// The calls that the steps of a run make after its `at`-th statement, counted as a fault rule on
/// that line counts them, in order. What a fault strikes already is left out: no other can.
pub fn points(run: &Run, at: usize) -> Vec<Address> {
    let mut counts: BTreeMap<(Step, &str), u32> = BTreeMap::new();
    let mut points = Vec::new();
    for event in own_part(run, at) {
        let What::Call(exchange) = &event.what else {
            continue;
        };
        let Some((_, step)) = exchange.caller else {
            continue;
        };
        let count = counts.entry((step, exchange.operation)).or_default();
        *count += 1;
        if exchange.fault.is_some() {
            continue;
        }
        let address = format!("{step}/{}#{count}", exchange.operation);
        points.push(address.parse().expect("operations have plain names"));
    }
    points
}

/// The points that a run comes to after the first fault has struck.
pub fn points_after_a_fault(run: &Run, at: usize) -> Vec<Address> {
    let calls = own_part(run, at).filter_map(|event| match &event.what {
        What::Call(exchange) if exchange.caller.is_some() => Some(exchange),
        _ => None,
    });
    let before = calls
        .take_while(|exchange| exchange.fault.is_none())
        .count();
    points(run, at).split_off(before)
}

/// The events from the `at`-th statement to the moment when faults stop.
fn own_part(run: &Run, at: usize) -> impl Iterator<Item = &Event> {
    let mut statements = 0;
    let events = run.history.events().iter();
    let own = events.skip_while(move |event| {
        let is_statement = matches!(event.what, What::Statement { .. });
        statements += usize::from(is_statement);
        statements <= at
    });
    own.take_while(|event| !matches!(&event.what, What::Service(text) if text == FAULTS_STOP))
}

/// A fingerprint of what the function did and met after its orders. In which way a struck call
/// failed is left out: two faults after which everything goes the same way are one.
pub fn fingerprint(run: &Run, at: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut last: Option<&Exchange> = None;
    for event in own_part(run, at) {
        match &event.what {
            What::Call(exchange) => {
                let is_again = last.is_some_and(|last| is_retry(last, exchange));
                (
                    exchange.caller.map(|(by, _)| by.0),
                    exchange.operation,
                    is_again,
                )
                    .hash(&mut hasher);
                if exchange.fault.is_none() {
                    describe::outcome(exchange).hash(&mut hasher);
                }
                last = Some(exchange);
            }
            What::Ended { invocation, end } => (invocation, ending(end)).hash(&mut hasher),
            What::Violation(text) => text.hash(&mut hasher),
            What::Started { .. } | What::Admin(_) | What::Statement { .. } | What::Service(_) => {}
        }
    }
    run.end_state.hash(&mut hasher);
    hasher.finish()
}

fn ending(end: &InvocationEnd) -> &str {
    match end {
        InvocationEnd::Succeeded => "succeeded",
        InvocationEnd::Failed { error_type, .. } => error_type,
        InvocationEnd::Killed => "killed",
        InvocationEnd::TimedOut => "timed out",
    }
}
