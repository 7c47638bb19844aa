//! The oracles: what must hold whatever the function under test does and whatever goes wrong.
//!
//! Safety is judged after every commit and whenever time has passed; liveness only at the end, when
//! faults have stopped. Oracles know snapshots, ids and time, never the emulator's own rules: a
//! judge that shares the rules of the judged shares its bugs. [`ledger`] remembers who did what, so
//! that a function is not blamed for what a person or the world did.

mod bounded_keys;
mod foreign_untouched;
pub mod ledger;
mod no_orphan;
mod no_secret_leaked;
mod one_current;
mod served;
mod settles;

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::{Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::names::Names;

pub use ledger::{Actor, Ledger};

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
pub const ENTRIES: [Entry; 7] = [
    served::ENTRY,
    one_current::ENTRY,
    foreign_untouched::ENTRY,
    bounded_keys::ENTRY,
    no_secret_leaked::ENTRY,
    no_orphan::ENTRY,
    settles::ENTRY,
];

/// The names of all oracles.
pub fn names() -> [&'static str; 7] {
    ENTRIES.map(|entry| entry.name)
}

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
    pub(crate) ledger: &'a Ledger,
    /// What has just been committed, and by whom; none when only time has passed.
    pub(crate) change: Option<&'a ledger::Change>,
    /// How long key users hold a value.
    pub(crate) ttl: Span,
    pub(crate) names: &'a Names,
}

/// All oracles of one run, and what they have to say.
#[derive(Debug)]
pub struct Judge {
    ledger: Ledger,
    ttl: Span,
    disabled: Vec<String>,
    violations: Vec<Violation>,
    news: Vec<String>,
    taints: no_secret_leaked::Taints,
}

impl Judge {
    /// All oracles, with key users that hold a value for `ttl`.
    pub fn new(ttl: Span) -> Self {
        Self {
            ledger: Ledger::default(),
            ttl,
            disabled: Vec::new(),
            violations: Vec::new(),
            news: Vec::new(),
            taints: no_secret_leaked::Taints::default(),
        }
    }

    /// Turns an oracle off for this run.
    pub fn disable(&mut self, oracle: &str) {
        self.disabled.push(oracle.to_owned());
    }

    /// Who did what.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Two invocations of createSecret run at once for this token: two creates may be right.
    pub fn allow_second_create(&mut self, token: &VersionId) {
        self.ledger.allow_second_create(token);
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
        token: Option<&VersionId>,
        names: &mut Names,
    ) {
        let change = self.ledger.update(snapshot, actor, token, names);
        for key in &change.minted {
            self.taints.add(key);
        }
        self.look(snapshot.at, Some(&change), names);
    }

    /// Time has passed.
    pub(crate) fn clock_moved(&mut self, snapshot: &Snapshot, names: &Names) {
        self.ledger.refresh(snapshot);
        self.look(snapshot.at, None, names);
    }

    fn look(&mut self, now: Timestamp, change: Option<&ledger::Change>, names: &Names) {
        let moment = Moment {
            now,
            ledger: &self.ledger,
            change,
            ttl: self.ttl,
            names,
        };
        let mut found = Vec::new();
        for (entry, judge) in [
            (
                served::ENTRY,
                served::judge as fn(&Moment<'_>) -> Vec<String>,
            ),
            (one_current::ENTRY, one_current::judge),
            (foreign_untouched::ENTRY, foreign_untouched::judge),
            (bounded_keys::ENTRY, bounded_keys::judge),
        ] {
            found.extend(judge(&moment).into_iter().map(|text| (entry.name, text)));
        }
        for (oracle, text) in found {
            self.object(oracle, now, text);
        }
    }

    /// Looks for keys in a text that others may read.
    pub(crate) fn read_text(&mut self, now: Timestamp, whose: &str, text: &str, names: &Names) {
        if let Some(key) = self.taints.found_in(text) {
            let name = names.key(&key).to_owned();
            let text = format!("{whose} contains the key {name}");
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

/// A step's name, or what the caller was if it was no step.
pub(crate) fn step_name(step: Option<Step>) -> &'static str {
    step.map_or("an unknown step", Step::as_str)
}
