//! The calls of the function: their numbers, and how long each travels.

use std::time::Duration;

use crate::draw::mix;

/// The calls of a run so far.
#[derive(Debug)]
pub(crate) struct Traffic {
    seed: u64,
    calls: u64,
    /// How many invocations run at once.
    racing: usize,
}

impl Traffic {
    /// No call yet, in a run of this seed.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            calls: 0,
            racing: 0,
        }
    }

    /// The number of the last call.
    pub(super) fn last(&self) -> u64 {
        self.calls
    }

    /// One call more: its number.
    pub(super) fn count(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    /// How many invocations run at once from now on.
    pub(crate) fn set_racing(&mut self, invocations: usize) {
        self.racing = invocations;
    }

    /// A call begins: gives the SDK's jitter its seed and tells how long the request travels. While
    /// several invocations run at once, and no order is given, the seed chooses an interleaving; a
    /// lone invocation is answered at once.
    pub(crate) fn begin(&mut self, is_ordered: bool) -> Duration {
        let number = self.count();
        fastrand::seed(mix(self.seed, number));
        match self.racing > 1 && !is_ordered {
            true => Duration::from_millis(1 + mix(self.seed, number) % 8),
            false => Duration::ZERO,
        }
    }
}
