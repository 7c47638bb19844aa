//! The world as it was, for reads that a fault makes stale. Kept only while such a rule is armed.

use std::collections::VecDeque;

use crate::fault::Span;
use crate::state::World;
use crate::time::Timestamp;

use super::Engine;

/// How many states are kept, each of which holds what has changed since; the oldest go first.
const STATES_MAX: usize = 10_000;

/// States of the world, each as it was until a change.
#[derive(Clone, Debug, Default)]
pub(super) struct Past(VecDeque<(Timestamp, World)>);

impl Engine {
    /// To be called before each change: keeps the state as it is, if a stale read may ask for it.
    pub(super) fn remember(&mut self, now: Timestamp) {
        let Some(stalest) = self.faults.stalest() else {
            self.past.0.clear();
            return;
        };
        let oldest = before(now, stalest);
        while self
            .past
            .0
            .front()
            .is_some_and(|(until, _)| *until <= oldest)
        {
            self.past.0.pop_front();
        }
        // Nobody can ask for a state between two changes of one moment.
        if self.past.0.back().is_some_and(|(until, _)| *until == now) {
            return;
        }
        if self.past.0.len() == STATES_MAX {
            self.past.0.pop_front();
        }
        self.past.0.push_back((now, self.world.clone()));
    }

    /// The world so long ago; none if nothing has changed since.
    pub(super) fn world_before(&self, now: Timestamp, age: Span) -> Option<World> {
        let then = before(now, age);
        let state = self.past.0.iter().find(|(until, _)| *until > then);
        state.map(|(_, world)| world.clone())
    }
}

fn before(now: Timestamp, span: Span) -> Timestamp {
    let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    now.plus_millis(-millis)
}
