//! Whose request goes next, when several invocations or whole rotations run at once in a given order.
//!
//! Each request parks here. When nobody can run any more, one of the parked is let through; the
//! course of the run is thus a function of the choices alone. In paused time a sleep of a
//! millisecond tells that nobody can run; in real time everybody who has not ended must be parked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use keywheel_emulator::ids::InvocationNumber;
use tokio::sync::{Notify, oneshot};

use crate::clock::Pace;
use crate::history::Turn;
use crate::run::world::World;

/// The gate of a world. Closed, it lets everybody pass.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    order: Option<Order>,
    open: Option<Open>,
    taken: Vec<Turn>,
}

/// The order of those that run at once next, and which statement gives it.
#[derive(Debug)]
struct Order {
    statement: usize,
    letters: Vec<u8>,
}

/// A gate at which actors take turns.
#[derive(Debug)]
struct Open {
    order: Vec<u8>,
    next: usize,
    actors: Actors,
    running: usize,
    pace: Pace,
    letters: BTreeMap<InvocationNumber, u8>,
    parked: BTreeMap<u8, oneshot::Sender<()>>,
    changed: Arc<Notify>,
}

/// Who takes turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actors {
    /// Invocations of a step, each of which is an actor.
    Invocations,
    /// Whole rotations, each of which is one invocation after the other, and people.
    Rotations,
}

/// What the conductor does next.
enum Move {
    /// Somebody was let through: wait until nobody can run.
    Went,
    /// Nobody is parked: wait until somebody is, or ends.
    Wait(Arc<Notify>),
    /// All have ended.
    Over,
}

impl Gate {
    /// The invocations that run at once next take turns in this order.
    pub(crate) fn order(&mut self, statement: usize, order: &str) {
        let letters = order.bytes().collect();
        self.order = Some(Order { statement, letters });
    }

    /// How many invocations the order is for, if there is one: two, or three.
    pub(crate) fn actors(&self) -> Option<usize> {
        let order = self.order.as_ref()?;
        Some(if order.letters.contains(&b'c') { 3 } else { 2 })
    }

    /// The statement whose order nothing came of.
    pub(crate) fn take_unused(&mut self) -> Option<usize> {
        self.order.take().map(|order| order.statement)
    }

    /// Is there an order for those that run at once next?
    pub(crate) fn is_ordered(&self) -> bool {
        self.order.is_some()
    }

    /// Opens for so many, in the order that was given.
    pub(crate) fn open(&mut self, actors: Actors, running: usize, pace: Pace) {
        self.open = Some(Open {
            order: self.order.take().map_or(Vec::new(), |order| order.letters),
            next: 0,
            actors,
            running,
            pace,
            letters: BTreeMap::new(),
            parked: BTreeMap::new(),
            changed: Arc::default(),
        });
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// An invocation is that of the actor with this letter.
    pub(crate) fn join(&mut self, invocation: InvocationNumber, letter: u8) {
        if let Some(open) = self.open.as_mut() {
            open.letters.insert(invocation, letter);
        }
    }

    /// Parks a request of an invocation, if the gate is open for it.
    pub(crate) fn park(&mut self, invocation: InvocationNumber) -> Option<oneshot::Receiver<()>> {
        let letter = *self.open.as_ref()?.letters.get(&invocation)?;
        self.park_actor(letter)
    }

    /// Parks an actor, if the gate is open.
    pub(crate) fn park_actor(&mut self, letter: u8) -> Option<oneshot::Receiver<()>> {
        let open = self.open.as_mut()?;
        let (pass, turn) = oneshot::channel();
        open.parked.insert(letter, pass);
        open.changed.notify_one();
        Some(turn)
    }

    /// An invocation has ended, and its actor with it if it was no more than that.
    pub(crate) fn invocation_ended(&mut self) {
        let is_actor = |open: &Open| open.actors == Actors::Invocations;
        if self.open.as_ref().is_some_and(is_actor) {
            self.leave();
        }
    }

    /// An actor has ended.
    pub(crate) fn leave(&mut self) {
        if let Some(open) = self.open.as_mut() {
            open.running = open.running.saturating_sub(1);
            open.changed.notify_one();
        }
    }

    /// All actors have ended.
    pub(crate) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.changed.notify_one();
        }
    }

    /// The choices that were made, in order.
    pub(crate) fn taken(&self) -> &[Turn] {
        &self.taken
    }

    fn step(&mut self) -> Move {
        let Some(open) = self.open.as_mut() else {
            return Move::Over;
        };
        // One that was killed while it was parked waits no more.
        open.parked.retain(|_, pass| !pass.is_closed());
        let last = self.taken.last().map(|turn| turn.went);
        let Some(went) = open.choose(last) else {
            if open.running == 0 {
                self.open = None;
                return Move::Over;
            }
            return Move::Wait(open.changed.clone());
        };
        let parked = open.parked.keys().copied().collect();
        if let Some(pass) = open.parked.remove(&went) {
            // Whoever parked is still there: that was looked at above.
            let _ = pass.send(());
        }
        self.taken.push(Turn { went, parked });
        Move::Went
    }
}

impl Open {
    /// Whom the order names, if that one is parked; then the one that went last, then the first.
    fn choose(&mut self, last: Option<u8>) -> Option<u8> {
        if self.pace == Pace::Real && self.parked.len() < self.running {
            return None;
        }
        let first = self.parked.keys().next().copied()?;
        let named = self.order.get(self.next).copied();
        self.next += 1;
        let mut wanted = [named, last].into_iter().flatten();
        let parked = wanted.find(|letter| self.parked.contains_key(letter));
        Some(parked.unwrap_or(first))
    }
}

/// Lets requests through, one after the other, until all actors have ended.
pub(crate) async fn conduct(world: World, pace: Pace) {
    loop {
        if pace == Pace::Virtual {
            // In paused time this passes only when nobody else can run.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let next = world.lock().gate.step();
        match next {
            Move::Went => {}
            Move::Wait(changed) => changed.notified().await,
            Move::Over => return,
        }
    }
}
