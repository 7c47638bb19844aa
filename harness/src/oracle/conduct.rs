//! What each invocation did: calls, faults that struck it, changes that it made.

use std::collections::BTreeMap;

use keywheel_emulator::ids::{InvocationNumber, Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::event::Event;
use crate::history::{Exchange, InvocationEnd};

use super::ledger::{Actor, Change};

/// An invocation, as the oracles know it when it has ended.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// Its step, as sent.
    pub step: String,
    /// Its token.
    pub token: VersionId,
    /// Its calls.
    pub calls: usize,
    /// Faults that struck them.
    pub faults: usize,
    /// Has it made a key, stored a value or moved a label?
    pub has_left_a_mark: bool,
    /// Has it changed anything at all?
    pub has_changed: bool,
    /// Did others run or act while it ran?
    pub was_disturbed: bool,
    /// Did others change something while it ran?
    pub was_overtaken: bool,
    /// Has it made a key?
    pub has_made_a_key: bool,
    /// Did it stand still when the service gave it up?
    pub stands_still: bool,
    /// Does it repeat a step that had just succeeded, with nothing having happened since?
    pub is_repeat: bool,
}

/// How long after a success a repeat has nothing to do but to succeed.
const SOON_MS: i64 = 60_000;

/// What all invocations of a run did.
#[derive(Debug, Default)]
pub(super) struct Conduct {
    running: BTreeMap<InvocationNumber, Invoked>,
    /// The changes so far.
    changes: u64,
    /// When each step of a token last succeeded, after how many changes.
    successes: BTreeMap<(String, VersionId), (Timestamp, u64)>,
}

impl Conduct {
    pub(super) fn started(&mut self, number: InvocationNumber, event: &Event, now: Timestamp) {
        let at = (event.step.clone(), event.token.clone());
        let is_repeat = self.successes.get(&at).is_some_and(|(when, changes)| {
            *changes == self.changes && now.millis_since(*when) <= SOON_MS
        });
        for other in self.running.values_mut() {
            other.was_disturbed = true;
        }
        let invoked = Invoked {
            step: event.step.clone(),
            token: event.token.clone(),
            calls: 0,
            faults: 0,
            has_left_a_mark: false,
            has_changed: false,
            was_disturbed: !self.running.is_empty(),
            was_overtaken: false,
            has_made_a_key: false,
            stands_still: false,
            is_repeat: is_repeat && event.omit.is_empty() && event.add.is_empty(),
        };
        self.running.insert(number, invoked);
    }

    pub(super) fn called(&mut self, exchange: &Exchange) {
        let number = exchange.caller.map(|(number, _)| number);
        if let Some(invoked) = number.and_then(|number| self.running.get_mut(&number)) {
            invoked.calls += 1;
            invoked.faults += usize::from(exchange.fault.is_some());
        }
    }

    pub(super) fn changed(&mut self, change: &Change, by: Option<InvocationNumber>) {
        // What a person does may matter although no key and no label shows it: a permission, say.
        if change.is_empty() && change.actor != Actor::World {
            return;
        }
        self.changes += 1;
        let is_mark = |change: &Change| {
            let is_stored = !change.written.is_empty() || !change.relabelled.is_empty();
            is_stored || !change.minted.is_empty()
        };
        for (number, invoked) in &mut self.running {
            if Some(*number) == by {
                invoked.has_changed = true;
                invoked.has_made_a_key |= !change.minted.is_empty();
                invoked.has_left_a_mark |= is_mark(change);
            } else {
                invoked.was_disturbed = true;
                invoked.was_overtaken = true;
            }
        }
    }

    pub(super) fn ended(
        &mut self,
        number: InvocationNumber,
        end: &InvocationEnd,
        is_frozen: bool,
        now: Timestamp,
    ) -> Option<Invoked> {
        let mut invoked = self.running.remove(&number)?;
        invoked.stands_still = is_frozen && *end == InvocationEnd::TimedOut;
        // What a fault struck may have left something to do, which a repeat makes up for; and one
        // that others overtook may have succeeded in a world that is no more.
        let is_sound = invoked.faults == 0 && !invoked.was_overtaken;
        if *end == InvocationEnd::Succeeded && is_sound {
            let at = (invoked.step.clone(), invoked.token.clone());
            self.successes.insert(at, (now, self.changes));
        }
        Some(invoked)
    }
}

impl Invoked {
    /// Can it make a key when it thaws, although the service has run the step again by then? Only
    /// createSecret makes keys, and one that has made its key makes no other: whoever comes after
    /// it finds that key.
    pub(super) fn may_make_a_key_beside_its_repeat(&self) -> bool {
        let is_create = self.step == Step::CreateSecret.as_str();
        self.stands_still && is_create && !self.has_made_a_key
    }

    /// Has a rotation ended with it?
    pub(super) fn has_rotated(&self, end: &InvocationEnd) -> bool {
        let is_finish = self.step == Step::FinishSecret.as_str();
        is_finish && self.has_changed && *end == InvocationEnd::Succeeded
    }
}

#[cfg(test)]
impl Invoked {
    /// An invocation that did nothing, for the tests of the oracles.
    pub(super) fn idle(step: &str) -> Self {
        Self {
            step: step.to_owned(),
            token: VersionId::new("token"),
            calls: 0,
            faults: 0,
            has_left_a_mark: false,
            has_changed: false,
            was_disturbed: false,
            was_overtaken: false,
            has_made_a_key: false,
            stands_still: false,
            is_repeat: false,
        }
    }
}

/// What an oracle says of an invocation that ended so, in a world where nothing else happened.
#[cfg(test)]
pub(super) fn judged(
    judge: super::AtEnd,
    invoked: &Invoked,
    end: &InvocationEnd,
) -> Option<super::Objection> {
    let ending = super::Ending {
        now: Timestamp::EPOCH,
        end,
        ledger: &super::Ledger::default(),
        interval: keywheel_emulator::fault::Span::days(30),
    };
    judge(invoked, &ending)
}

/// An end in failure.
#[cfg(test)]
pub(super) fn failed() -> InvocationEnd {
    InvocationEnd::Failed {
        error_type: "X".to_owned(),
        message: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keywheel_emulator::ids::SecretArn;

    const NOW: Timestamp = Timestamp::EPOCH;

    fn start(conduct: &mut Conduct, number: u64) -> InvocationNumber {
        let event = Event::of("setSecret", SecretArn::new("s"), VersionId::new("token"));
        conduct.started(InvocationNumber(number), &event, NOW);
        InvocationNumber(number)
    }

    fn end(conduct: &mut Conduct, number: InvocationNumber) -> Invoked {
        let ended = conduct.ended(number, &InvocationEnd::Succeeded, false, NOW);
        ended.unwrap()
    }

    /// By a person, in what no key and no label shows.
    fn something() -> Change {
        Change::of(Actor::World, None)
    }

    #[test]
    fn a_success_is_held_against_a_repeat_unless_the_world_is_another() {
        for (during, between, expected) in [
            (false, false, true),
            (true, false, false),
            (false, true, false),
        ] {
            let mut conduct = Conduct::default();
            let first = start(&mut conduct, 1);
            if during {
                conduct.changed(&something(), None);
            }
            end(&mut conduct, first);
            if between {
                conduct.changed(&something(), None);
            }
            let second = start(&mut conduct, 2);
            let is_repeat = end(&mut conduct, second).is_repeat;
            assert_eq!(is_repeat, expected, "{during} {between}");
        }
    }
}
