//! What the scenario wants done when a step is delivered, or a rotation runs, next.

use keywheel_emulator::ids::Step;

use crate::scenario::{AdminAction, Companion, Twice};

/// Orders, each for the next delivery of its step, or for the next rotation.
#[derive(Debug, Default)]
pub(super) struct Orders(Vec<Order>);

/// An order, and which statement gives it.
#[derive(Debug)]
struct Order {
    statement: usize,
    what: Ordered,
}

/// What is ordered.
#[derive(Clone, Debug)]
pub(crate) enum Ordered {
    /// The delivery happens twice.
    Double(Step, Twice),
    /// It runs at once with an invocation for another step.
    Overlap(Step, Step),
    /// It does not happen, and counts as a success.
    Skip(Step),
    /// A person acts just before it.
    Before(Step, AdminAction),
    /// The next rotation does not run alone.
    Beside(Companion),
}

impl Orders {
    /// A statement gives an order.
    pub(super) fn give(&mut self, statement: usize, what: Ordered) {
        self.0.push(Order { statement, what });
    }

    /// Carries the first order out that is one of these.
    pub(super) fn take<T>(&mut self, wanted: impl Fn(&Ordered) -> Option<T>) -> Option<T> {
        let mut orders = self.0.iter().enumerate();
        let (at, found) = orders.find_map(|(at, order)| Some((at, wanted(&order.what)?)))?;
        self.0.remove(at);
        Some(found)
    }

    /// Is somebody to run beside the next rotation?
    pub(super) fn has_companions(&self) -> bool {
        self.0
            .iter()
            .any(|order| matches!(order.what, Ordered::Beside(_)))
    }

    /// Everybody who is to run beside the next rotation.
    pub(super) fn take_companions(&mut self) -> Vec<Companion> {
        let next = || {
            self.take(|what| match what {
                Ordered::Beside(companion) => Some(companion.clone()),
                _ => None,
            })
        };
        std::iter::from_fn(next).collect()
    }

    /// The statements whose orders have not been carried out.
    pub(super) fn take_unused(&mut self) -> Vec<usize> {
        self.0.drain(..).map(|order| order.statement).collect()
    }
}
