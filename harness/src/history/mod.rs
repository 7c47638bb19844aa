//! What the harness saw, in order, as data: every request with its outcome, and everything that the
//! scenario, the service and the world did. Sentences are made from it where they are read.
//!
//! Requests are kept as they were, so that two runs can be compared byte for byte. People read the
//! form by aliases that [`describe`] makes of it.

pub mod describe;
mod event;
mod exchange;
mod failure;
pub mod marks;
pub mod names;
mod state;
mod target_call;
mod turn;

use std::fmt::Write as _;

use keywheel_emulator::time::Timestamp;

pub use event::{InvocationEnd, ServiceEvent, What};
pub use exchange::{Exchange, Seen};
pub use failure::{AdminRefusal, Away, RotationFailure, Unable};
pub use names::Names;
pub use state::{Credential, State};
pub use target_call::TargetCall;
pub use turn::Turn;

/// Everything that happened in one run.
#[derive(Debug, Default)]
pub struct History {
    events: Vec<Event>,
    /// States of the world, each with the number of the event from which it holds.
    states: Vec<(usize, State)>,
}

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    /// When, on the world's calendar.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

impl History {
    /// Adds an event.
    pub fn add(&mut self, at: Timestamp, what: What) {
        self.events.push(Event { at, what });
    }

    /// The world is in another state since the last event; or from the next one on, if only time
    /// has passed.
    pub(crate) fn add_state(&mut self, state: State, is_by_time: bool) {
        if self.states.last().is_some_and(|(_, last)| *last == state) {
            return;
        }
        let last = self.events.len().saturating_sub(1);
        let from = if is_by_time { self.events.len() } else { last };
        self.states.push((from, state));
    }

    /// All events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The state of the world after the event of this number; none before there was any.
    pub fn state_after(&self, event: usize) -> Option<&State> {
        let after = self.states.partition_point(|(from, _)| *from <= event);
        let (_, state) = self.states.get(after.checked_sub(1)?)?;
        Some(state)
    }

    /// All requests, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Exchange> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Call(exchange) => Some(&**exchange),
            _ => None,
        })
    }

    /// The whole run with every header and byte, for comparing runs. It holds keys: it is never
    /// printed or written.
    pub fn raw(&self) -> String {
        let mut text = String::new();
        for event in &self.events {
            match &event.what {
                What::Call(exchange) => exchange.write_raw(event.at, &mut text),
                other => write_line(&mut text, event.at, format_args!("{other:?}")),
            }
        }
        text
    }
}

fn write_line(text: &mut String, at: Timestamp, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{} {what}", at.as_millis()).expect("writing to a text cannot fail");
}
