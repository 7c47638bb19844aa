//! The oracles: what must hold whatever the function under test does and whatever goes wrong.
//!
//! Safety is judged after every commit and whenever time has passed; liveness only at the end, when
//! faults have stopped. Oracles know snapshots, ids and time, never the emulator's own rules: a
//! judge that shares the rules of the judged shares its bugs. [`ledger`] remembers who did what, so
//! that a function is not blamed for what a person or the world did.

mod bounded_calls;
mod bounded_keys;
mod clean_failure;
mod conduct;
mod few_keys;
mod foreign_untouched;
mod in_time;
mod lasts;
pub mod ledger;
mod no_orphan;
mod no_return;
mod no_secret_leaked;
mod one_current;
mod own_labels;
mod own_secret_only;
mod repeat_harmless;
mod served;
mod settles;
mod tested_first;
mod users_served;
mod value_fixed;
mod value_preserved;
mod within_policy;

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::{ApiKeyId, InvocationNumber, SecretArn, Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::history::{Exchange, InvocationEnd};
use crate::names::Names;
use crate::scenario::Holds;
use crate::subject::Event;
use crate::users::Users;

pub use conduct::Invoked;
pub use ledger::{Actor, Ledger};
pub(crate) use no_secret_leaked::shows_a_key;

/// An oracle's entry in `keywheel list oracles`.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name in scenarios and reports.
    pub name: &'static str,
    /// What it demands.
    pub demand: &'static str,
    /// Is it about safety (judged at once) or about liveness (judged when faults have stopped)?
    pub is_safety: bool,
}

/// Every oracle, in the order of reports.
pub const ENTRIES: [Entry; 21] = [
    served::ENTRY,
    users_served::ENTRY,
    one_current::ENTRY,
    tested_first::ENTRY,
    own_labels::ENTRY,
    no_return::ENTRY,
    value_preserved::ENTRY,
    value_fixed::ENTRY,
    foreign_untouched::ENTRY,
    own_secret_only::ENTRY,
    bounded_keys::ENTRY,
    few_keys::ENTRY,
    lasts::ENTRY,
    no_secret_leaked::ENTRY,
    within_policy::ENTRY,
    in_time::ENTRY,
    bounded_calls::ENTRY,
    repeat_harmless::ENTRY,
    clean_failure::ENTRY,
    no_orphan::ENTRY,
    settles::ENTRY,
];

/// The names of all oracles.
pub fn names() -> [&'static str; 21] {
    ENTRIES.map(|entry| entry.name)
}

type AtMoment = fn(&Moment<'_>) -> Vec<String>;

/// The oracles that look at every commit and whenever time has passed.
const AT_EVERY_MOMENT: [(Entry, AtMoment); 11] = [
    (served::ENTRY, served::judge),
    (one_current::ENTRY, one_current::judge),
    (tested_first::ENTRY, tested_first::judge),
    (own_labels::ENTRY, own_labels::judge),
    (no_return::ENTRY, no_return::judge),
    (value_preserved::ENTRY, value_preserved::judge),
    (value_fixed::ENTRY, value_fixed::judge),
    (foreign_untouched::ENTRY, foreign_untouched::judge),
    (own_secret_only::ENTRY, own_secret_only::judge),
    (bounded_keys::ENTRY, bounded_keys::judge),
    (few_keys::ENTRY, few_keys::judge),
];

type AtEnd = fn(&Invoked, &Ending<'_>) -> Option<String>;

/// The oracles that look at every invocation when it has ended.
const AT_EVERY_END: [(Entry, AtEnd); 5] = [
    (in_time::ENTRY, in_time::judge),
    (bounded_calls::ENTRY, bounded_calls::judge),
    (repeat_harmless::ENTRY, repeat_harmless::judge),
    (clean_failure::ENTRY, clean_failure::judge),
    (lasts::ENTRY, lasts::judge),
];

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The oracle that objects.
    pub oracle: &'static str,
    /// When.
    pub at: Timestamp,
    /// What, in symbolic names.
    pub text: String,
}

/// What an oracle sees.
#[derive(Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) now: Timestamp,
    pub(crate) holds: Holds,
    pub(crate) ledger: &'a Ledger,
    /// What has just been committed, and by whom; none when only time has passed.
    pub(crate) change: Option<&'a ledger::Change>,
    /// How long key users hold a value.
    pub(crate) ttl: Span,
    /// How often a secret is rotated.
    pub(crate) interval: Span,
    pub(crate) names: &'a Names,
}

/// How an invocation ended, for the oracles that look at it.
#[derive(Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) now: Timestamp,
    pub(crate) end: &'a InvocationEnd,
    pub(crate) ledger: &'a Ledger,
    pub(crate) interval: Span,
    pub(crate) names: &'a Names,
}

/// All oracles of one run, and what they have to say.
#[derive(Debug)]
pub struct Judge {
    ledger: Ledger,
    conduct: conduct::Conduct,
    users: Users,
    policy: &'static [&'static str],
    holds: Holds,
    ttl: Span,
    interval: Span,
    disabled: Vec<String>,
    violations: Vec<Violation>,
    news: Vec<String>,
    taints: no_secret_leaked::Taints,
}

impl Judge {
    /// All oracles, with key users that hold a value for `ttl`, of secrets that are rotated so
    /// often, over a function that may make the calls of `policy`.
    pub fn new(ttl: Span, interval: Span, policy: &'static [&'static str]) -> Self {
        Self {
            ledger: Ledger::default(),
            conduct: conduct::Conduct::default(),
            users: Users::default(),
            policy,
            holds: Holds::Key,
            ttl,
            interval,
            disabled: Vec::new(),
            violations: Vec::new(),
            news: Vec::new(),
            taints: no_secret_leaked::Taints::default(),
        }
    }

    /// What the secrets hold; keys if it is not said.
    #[must_use]
    pub fn of(mut self, holds: Holds) -> Self {
        self.holds = holds;
        self
    }

    /// Turns an oracle off for this run.
    pub fn disable(&mut self, oracle: &str) {
        self.disabled.push(oracle.to_owned());
    }

    /// Who did what.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Something happened after which one more create for this token may be right.
    pub fn allow_another_create(&mut self, token: &VersionId) {
        self.ledger.allow_another_create(token);
    }

    /// The labels that scenarios talk about are this secret's.
    pub fn watch(&mut self, secret: SecretArn) {
        self.ledger.watch(secret);
    }

    /// Everything that was found.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What was found since the last time this was asked.
    pub(crate) fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Something was committed.
    pub(crate) fn committed(
        &mut self,
        snapshot: &Snapshot,
        actor: Actor,
        by: Option<InvocationNumber>,
        token: Option<&VersionId>,
        names: &mut Names,
    ) {
        self.users.live_until(snapshot.at, &self.ledger);
        let change = self.ledger.update(snapshot, actor, token, names);
        for key in &change.minted {
            self.taints.add(key);
        }
        self.conduct.changed(&change, by);
        self.read_descriptions(snapshot.at, &change, names);
        self.look(snapshot.at, Some(&change), names);
    }

    /// Descriptions can be read by whoever may list keys.
    fn read_descriptions(&mut self, now: Timestamp, change: &ledger::Change, names: &Names) {
        if !change.actor.is_function() {
            return;
        }
        for key in change.minted.iter().chain(&change.altered) {
            let record = self.ledger.key(key);
            let Some(text) = record.and_then(|record| record.description.clone()) else {
                continue;
            };
            self.read_text(now, "a key's description", &text, names);
            if text.contains("arn:") {
                let text = "a key's description names an ARN".to_owned();
                self.object(no_secret_leaked::ENTRY.name, now, text);
            }
        }
    }

    /// An invocation has begun.
    pub(crate) fn started(&mut self, number: InvocationNumber, event: &Event, now: Timestamp) {
        self.conduct.started(number, event, now);
    }

    /// The function has made a call.
    pub(crate) fn called(&mut self, now: Timestamp, exchange: &Exchange) {
        self.ledger.take_probe(exchange);
        self.conduct.called(exchange);
        if let Some(text) = within_policy::judge(exchange, self.policy) {
            self.object(within_policy::ENTRY.name, now, text);
        }
    }

    /// An invocation has ended, or was given up while it stood still.
    pub(crate) fn ended(
        &mut self,
        now: Timestamp,
        number: InvocationNumber,
        end: &InvocationEnd,
        is_frozen: bool,
        names: &Names,
    ) {
        let Some(invoked) = self.conduct.ended(number, end, is_frozen, now) else {
            return;
        };
        if invoked.has_rotated(end) {
            let promised = lasts::promised_ms(self.interval);
            self.ledger.promise(now, now.plus_millis(promised));
        }
        if invoked.may_make_a_key_beside_its_repeat() {
            self.ledger.allow_another_create(&invoked.token);
        }
        let ending = Ending {
            now,
            end,
            ledger: &self.ledger,
            interval: self.interval,
            names,
        };
        let found: Vec<_> = AT_EVERY_END
            .iter()
            .filter_map(|(entry, judge)| Some((entry.name, judge(&invoked, &ending)?)))
            .collect();
        for (oracle, text) in found {
            self.object(oracle, now, text);
        }
    }

    /// What a user of keys had to put up with, in seconds without a key that works.
    pub(crate) fn outage_seconds(&self) -> i64 {
        self.users.outage_ms() / 1000
    }

    /// Something that a secret holds and that is no key of the ledger.
    pub(crate) fn taint_value(&mut self, value: &ApiKeyId) {
        self.taints.add(value);
    }

    /// A secret that no key looks like: tokens and credentials that nobody may read either.
    pub(crate) fn taint(&mut self, what: &str, secret: &str) {
        self.taints.add_other(what, secret);
    }

    /// A user that listens is cut off too early, or not let in again.
    pub(crate) fn users_are_refused(&mut self, now: Timestamp, text: String) {
        self.object(users_served::ENTRY.name, now, text);
    }

    /// Time has passed.
    pub(crate) fn clock_moved(&mut self, snapshot: &Snapshot, names: &Names) {
        self.users.live_until(snapshot.at, &self.ledger);
        self.ledger.refresh(snapshot);
        self.look(snapshot.at, None, names);
    }

    fn look(&mut self, now: Timestamp, change: Option<&ledger::Change>, names: &Names) {
        let moment = Moment {
            now,
            holds: self.holds,
            ledger: &self.ledger,
            change,
            ttl: self.ttl,
            interval: self.interval,
            names,
        };
        let mut found = Vec::new();
        for (entry, judge) in &AT_EVERY_MOMENT {
            found.extend(judge(&moment).into_iter().map(|text| (entry.name, text)));
        }
        for text in self.users.look(&moment) {
            found.push((users_served::ENTRY.name, text));
        }
        for (oracle, text) in found {
            self.object(oracle, now, text);
        }
    }

    /// Looks for keys in a text that others may read.
    pub(crate) fn read_text(&mut self, now: Timestamp, whose: &str, text: &str, names: &Names) {
        if let Some(found) = self.taints.found_in(text) {
            let text = found.told(whose, names);
            self.object(no_secret_leaked::ENTRY.name, now, text);
        }
    }

    /// The end, after a clean rotation: every key that nobody needs must be on its way out.
    pub(crate) fn look_for_orphans(&mut self, now: Timestamp, names: &Names) {
        for text in no_orphan::judge(&self.ledger, now, names) {
            self.object(no_orphan::ENTRY.name, now, text);
        }
    }

    /// The rotation did not settle once faults had stopped.
    pub(crate) fn did_not_settle(&mut self, now: Timestamp, text: String) {
        self.object(settles::ENTRY.name, now, text);
    }

    /// Records a violation, once for each oracle and text.
    fn object(&mut self, oracle: &'static str, at: Timestamp, text: String) {
        let is_off = self.disabled.iter().any(|name| name == oracle);
        let is_known = self
            .violations
            .iter()
            .any(|v| v.oracle == oracle && v.text == text);
        if is_off || is_known {
            return;
        }
        self.news.push(format!("{oracle}: {text}"));
        self.violations.push(Violation { oracle, at, text });
    }
}

#[cfg(test)]
mod tests;

/// A step's name, or what the caller was if it was no step.
pub(crate) fn step_name(step: Option<Step>) -> &'static str {
    step.map_or("an unknown step", Step::as_str)
}
