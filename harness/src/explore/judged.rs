//! What is kept of a run when its history is gone: enough for a campaign's books.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use keywheel_emulator::fault::Address;

use crate::history::Seen;
use crate::history::Turn;
use crate::record::{Class, Run};
use crate::scenario::Mark;
use crate::subject::Subject;

use super::course::{self, Later};
use super::item::Item;

/// What one run showed.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The ways in which it failed, each with the first objection of its kind.
    pub failures: BTreeMap<Class, String>,
    /// How many orders were not carried out.
    pub not_triggered: usize,
    /// Faults that were triggered.
    pub triggered: Vec<Triggered>,
    /// Must-happen marks.
    pub marks: BTreeSet<Mark>,
    /// Calls made after the item's orders.
    pub points: Vec<Address>,
    /// Those that were made after a fault had been triggered.
    pub later_points: Vec<Later>,
    /// A fingerprint of the course.
    pub course: u64,
    /// Whose turn it was, while invocations ran at once in a given order.
    pub turns: Vec<Turn>,
    /// Labels and keys at the end.
    pub end_state: String,
    /// A hash of each line of the history, if the run is to be compared with another.
    pub lines: Option<Vec<u64>>,
}

/// A fault that was triggered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triggered {
    /// The word of its kind.
    pub kind: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// Did the function see it, or did the SDK's retry hide it?
    pub has_reached: bool,
}

impl Judged {
    /// Runs an item and keeps what matters, and the lines of its history if asked for.
    pub fn of(item: &Item, subject: &dyn Subject, keeps_lines: bool) -> Self {
        let run = crate::run::run(&item.scenario, subject);
        let mut judged = Self::from_run(&run, item.at);
        judged.lines = keeps_lines.then(|| hashes(&run.raw()));
        judged
    }

    /// What matters of a run whose orders begin at a statement.
    pub fn from_run(run: &Run, at: usize) -> Self {
        let mut failures = BTreeMap::new();
        for violation in run.violations() {
            let objection = || run.describe(violation);
            failures
                .entry(Class::of(violation))
                .or_insert_with(objection);
        }
        Self {
            failures,
            not_triggered: run.not_triggered.len(),
            triggered: triggered(run),
            marks: run.marks(),
            points: course::points(run, at),
            later_points: course::points_after_a_fault(run, at),
            course: course::fingerprint(run, at),
            turns: run.turns.clone(),
            end_state: run.end_state.clone(),
            lines: None,
        }
    }
}

/// A hash of each line.
pub fn hashes(text: &str) -> Vec<u64> {
    let hash = |line| {
        let mut hasher = DefaultHasher::new();
        Hash::hash(line, &mut hasher);
        hasher.finish()
    };
    text.lines().map(hash).collect()
}

fn triggered(run: &Run) -> Vec<Triggered> {
    let calls: Vec<_> = run.history.calls().collect();
    let triggered = calls.iter().enumerate().filter_map(|(at, call)| {
        let kind = call.fault?.word();
        let is_repeated = calls[at + 1..].iter().any(|next| next.is_retry_of(call));
        let is_hidden = is_repeated && !matches!(call.outcome, Seen::Killed);
        Some(Triggered {
            kind,
            operation: call.operation,
            has_reached: !is_hidden,
        })
    });
    triggered.collect()
}
