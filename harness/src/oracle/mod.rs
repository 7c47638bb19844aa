//! The oracles: what must hold whatever the function under test does and whatever goes wrong.
//!
//! Safety is judged after every commit and whenever time has passed; liveness only at the end, when
//! faults have stopped. Oracles know snapshots, ids and time, never the emulator's own rules: a
//! judge that shares the rules of the judged shares its bugs. [`ledger`] remembers who did what, so
//! that a function is not blamed for what a person or the world did.

pub mod bounded_calls;
pub mod bounded_keys;
pub mod clean_failure;
pub mod clients;
pub mod clients_served;
mod conduct;
pub mod credential_known;
pub mod current_works;
pub mod few_keys;
pub mod foreign_untouched;
pub mod in_time;
pub mod lasts;
pub mod ledger;
pub mod no_orphan;
pub mod no_return;
pub mod no_secret_leaked;
mod objection;
pub mod old_dies;
pub mod one_current;
pub mod others_untouched;
pub mod own_labels;
pub mod own_secret_only;
pub mod previous_works;
pub mod recovers;
pub mod repeat_harmless;
pub mod served;
pub mod standing;
pub mod tested_first;
pub mod value_fixed;
pub mod value_preserved;
pub mod within_policy;

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::{ApiKeyId, InvocationNumber, SecretArn, Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::event::Event;
use crate::history::{Exchange, InvocationEnd, Names, RotationFailure};
use crate::oracle::clients::Clients;
use crate::scenario::{Choice as _, Holds, OracleId};

use no_secret_leaked::{Found, Leak, Place};
use objection::Complaint;

pub use conduct::Invoked;
pub use ledger::{Actor, Ledger};
pub(crate) use no_secret_leaked::{redacted, shows_a_key};
pub use objection::{ALL, Kind, Objection};

/// An oracle: what it demands, and when it looks.
#[derive(Clone, Copy, Debug)]
pub struct Oracle {
    /// Its name in scenarios and reports.
    pub id: OracleId,
    /// What it demands.
    pub demand: &'static str,
    when: When,
}

/// When an oracle looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// At every commit, and whenever time has passed.
    EveryMoment(AtMoment),
    /// At the target, whenever anybody has done something there or to the secret.
    EveryStanding(standing::AtStanding),
    /// At every invocation that has ended.
    EveryEnd(AtEnd),
    /// When it is asked.
    Asked,
    /// When faults have stopped: it is about liveness.
    Recovered,
}

type AtMoment = fn(&Moment<'_>) -> Vec<Objection>;

type AtEnd = fn(&Invoked, &Ending<'_>) -> Option<Objection>;

impl Oracle {
    /// Is it about safety (judged at once) or about liveness (judged when faults have stopped)?
    pub const fn is_safety(&self) -> bool {
        !matches!(self.when, When::Recovered)
    }
}

/// The oracle of a name.
pub fn of(id: OracleId) -> &'static Oracle {
    let found = ALL.iter().find(|oracle| oracle.id == id);
    found.expect("the table has every name: its length is theirs")
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When it was seen.
    pub at: Timestamp,
    /// What.
    pub objection: Objection,
}

impl Violation {
    /// The oracle that objects.
    pub const fn oracle(&self) -> OracleId {
        self.objection.oracle()
    }
}

/// What an oracle sees.
#[derive(Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) now: Timestamp,
    pub(crate) holds: Holds,
    pub(crate) ledger: &'a Ledger,
    /// What has just been committed, and by whom; none when only time has passed.
    pub(crate) change: Option<&'a ledger::Change>,
    /// How long clients hold a value.
    pub(crate) ttl: Span,
    /// How often a secret is rotated.
    pub(crate) interval: Span,
}

/// How an invocation ended, for the oracles that look at it.
#[derive(Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) now: Timestamp,
    pub(crate) end: &'a InvocationEnd,
    pub(crate) ledger: &'a Ledger,
    pub(crate) interval: Span,
}

/// All oracles of one run, and what they have to say.
#[derive(Debug)]
pub struct Judge {
    ledger: Ledger,
    conduct: conduct::Conduct,
    clients: Clients,
    policy: &'static [&'static str],
    holds: Holds,
    ttl: Span,
    interval: Span,
    disabled: Vec<OracleId>,
    violations: Vec<Violation>,
    /// How many of them have been asked for.
    told: usize,
    taints: no_secret_leaked::Taints,
    watch: standing::Watch,
}

impl Judge {
    /// All oracles, with clients that hold a value for `ttl`, of secrets that are rotated so
    /// often, over a function that may make the calls of `policy`.
    pub fn new(ttl: Span, interval: Span, policy: &'static [&'static str]) -> Self {
        Self {
            ledger: Ledger::default(),
            conduct: conduct::Conduct::default(),
            clients: Clients::default(),
            policy,
            holds: Holds::Key,
            ttl,
            interval,
            disabled: Vec::new(),
            violations: Vec::new(),
            told: 0,
            taints: no_secret_leaked::Taints::default(),
            watch: standing::Watch::default(),
        }
    }

    /// What the secrets hold; keys if it is not said.
    #[must_use]
    pub fn of(mut self, holds: Holds) -> Self {
        self.holds = holds;
        self
    }

    /// Turns an oracle off for this run.
    pub fn disable(&mut self, oracle: OracleId) {
        self.disabled.push(oracle);
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

    /// The numbers of what was found since the last time this was asked.
    pub(crate) fn take_news(&mut self) -> std::ops::Range<usize> {
        std::mem::replace(&mut self.told, self.violations.len())..self.violations.len()
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
        self.clients.live_until(snapshot.at, &self.ledger);
        let change = self.ledger.update(snapshot, actor, token, names);
        for key in &change.minted {
            self.taints.add(key);
        }
        self.conduct.changed(&change, by);
        self.read_descriptions(snapshot.at, &change);
        self.look(snapshot.at, Some(&change));
    }

    /// Descriptions can be read by whoever may list keys.
    fn read_descriptions(&mut self, now: Timestamp, change: &ledger::Change) {
        if !change.actor.is_function() {
            return;
        }
        for key in change.minted.iter().chain(&change.altered) {
            let record = self.ledger.key(key);
            let Some(text) = record.and_then(|record| record.description.clone()) else {
                continue;
            };
            self.read_text(now, Place::Description, &text);
            if text.contains("arn:") {
                self.leaks(now, Place::Description, Found::Arn);
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
        if let Some(objection) = within_policy::judge(exchange, self.policy) {
            self.object(now, objection);
        }
    }

    /// An invocation has ended, or was given up while it stood still.
    pub(crate) fn ended(
        &mut self,
        now: Timestamp,
        number: InvocationNumber,
        end: &InvocationEnd,
        is_frozen: bool,
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
        };
        let judged = ALL.iter().filter_map(|oracle| match oracle.when {
            When::EveryEnd(judge) => judge(&invoked, &ending),
            _ => None,
        });
        for objection in judged.collect::<Vec<_>>() {
            self.object(now, objection);
        }
    }

    /// What clients of keys had to put up with, in seconds without a key that works; and clients of
    /// a target, until now.
    pub(crate) fn outage_seconds(&self, now: Timestamp) -> i64 {
        (self.clients.outage_ms() + self.watch.refused_ms(now)) / 1000
    }

    /// Something that a secret holds and that is no key of the ledger.
    pub(crate) fn taint_value(&mut self, value: &ApiKeyId) {
        self.taints.add(value);
    }

    /// A secret that no key looks like: tokens and credentials that nobody may read either.
    pub(crate) fn taint(&mut self, what: &'static str, secret: &str) {
        self.taints.add_other(what, secret);
    }

    /// A client that listens is cut off too early, or not let in again.
    pub(crate) fn clients_are_refused(&mut self, now: Timestamp, refused: clients_served::Refused) {
        self.object(now, refused.into());
    }

    /// Time has passed.
    pub(crate) fn clock_moved(&mut self, snapshot: &Snapshot) {
        self.clients.live_until(snapshot.at, &self.ledger);
        self.ledger.refresh(snapshot);
        self.look(snapshot.at, None);
    }

    fn look(&mut self, now: Timestamp, change: Option<&ledger::Change>) {
        let moment = Moment {
            now,
            holds: self.holds,
            ledger: &self.ledger,
            change,
            ttl: self.ttl,
            interval: self.interval,
        };
        let judged = ALL.iter().flat_map(|oracle| match oracle.when {
            When::EveryMoment(judge) => judge(&moment),
            _ => Vec::new(),
        });
        let mut found: Vec<Objection> = judged.collect();
        found.extend(self.clients.look(&moment).into_iter().map(Into::into));
        for objection in found {
            self.object(now, objection);
        }
    }

    /// Looks for secrets in a text that others may read.
    pub(crate) fn read_text(&mut self, now: Timestamp, place: Place, text: &str) {
        if let Some(found) = self.taints.found_in(text) {
            self.leaks(now, place, found);
        }
    }

    fn leaks(&mut self, now: Timestamp, place: Place, secret: Found) {
        self.object(now, Leak { place, secret }.into());
    }

    /// The end, after a clean rotation: every key that nobody needs must be on its way out.
    pub(crate) fn look_for_orphans(&mut self, now: Timestamp) {
        for objection in no_orphan::judge(&self.ledger, now) {
            self.object(now, objection);
        }
    }

    /// An attempt that nothing disturbed failed.
    pub(crate) fn failed_undisturbed(&mut self, now: Timestamp, failure: RotationFailure) {
        self.object(now, recovers::NotRecovered::Undisturbed(failure).into());
    }

    /// Faults had stopped, and a new rotation failed.
    pub(crate) fn did_not_recover(&mut self, now: Timestamp, failure: RotationFailure) {
        self.object(now, recovers::NotRecovered::Clean(failure).into());
    }

    /// Records a violation, each once.
    fn object(&mut self, at: Timestamp, objection: Objection) {
        let is_off = self.disabled.contains(&objection.oracle());
        let mut known = self.violations.iter();
        if !is_off && known.all(|known| known.objection != objection) {
            self.violations.push(Violation { at, objection });
        }
    }
}

#[cfg(test)]
mod tests;

/// A step's name, or what the caller was if it was no step.
pub(crate) fn step_name(step: Option<Step>) -> &'static str {
    step.map_or("an unknown step", Step::as_str)
}
