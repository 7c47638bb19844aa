//! What is known after a run, and the verdict on it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use keywheel_emulator::time::Timestamp;

use crate::gate::Turn;
use crate::history::History;
use crate::marks;
use crate::names::Names;
use crate::oracle::{ENTRIES, Violation};
use crate::record::Verdict;

/// Everything that is known after a run.
#[derive(Debug)]
pub struct Run {
    /// The scenario's name.
    pub name: String,
    /// The scenario's file, if it has one.
    pub file: Option<PathBuf>,
    /// What the oracles found, in order.
    pub violations: Vec<Violation>,
    /// Expectations of the scenario that were not met, with their lines.
    pub unmet: Vec<Unmet>,
    /// Faults and events that were ordered and never happened, with their lines.
    pub unfired: Vec<Unmet>,
    /// Whose turn it was, call by call, while invocations ran at once in a given order.
    pub turns: Vec<Turn>,
    /// Labels and keys at the end, in symbolic names.
    pub end_state: String,
    /// The last lines that a function printed that ran elsewhere, in symbolic names.
    pub printed: Vec<String>,
    /// What happened.
    pub history: History,
    /// Symbolic names.
    pub names: Names,
    /// When the scenario started.
    pub started: Timestamp,
    /// When it ended, the epilogue included.
    pub ended: Timestamp,
    /// How long the modelled users were refused, all together.
    pub outage_seconds: i64,
}

/// So many lines are shown, cut to so many characters.
const SHOWN: usize = 20;
const WIDTH: usize = 300;

/// The end of a function's output. Nothing is shown of one with a secret in it, which may have a
/// form that no name stands for.
pub(super) fn last_lines(output: &str, violations: &[Violation], names: &Names) -> Vec<String> {
    if violations
        .iter()
        .any(|violation| violation.oracle == "no-secret-leaked")
    {
        return vec!["(not shown: there is a secret in it)".to_owned()];
    }
    let mut lines: Vec<&str> = output.lines().rev().take(SHOWN).collect();
    lines.reverse();
    let shown = lines.into_iter().map(|line| {
        let masked = names.masked(line);
        masked.chars().take(WIDTH).collect()
    });
    shown.collect()
}

/// An expectation that was not met, or an order that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The line of the scenario; 0 if it has none.
    pub line: usize,
    /// What was expected and what was found; or the order.
    pub text: String,
}

impl Run {
    /// The must-happen marks that it met, the clean rotation at its end included.
    pub fn marks(&self) -> BTreeSet<&'static str> {
        marks::of(&self.history)
    }

    /// The verdict. An invariant that failed outweighs an expectation, and both a fault that was
    /// not triggered.
    pub fn verdict(&self) -> Verdict {
        let is_safety = |violation: &Violation| {
            ENTRIES
                .iter()
                .any(|e| e.name == violation.oracle && e.is_safety)
        };
        if self.violations.iter().any(is_safety) {
            Verdict::Violated
        } else if !self.violations.is_empty() {
            Verdict::DidNotRecover
        } else if !self.unmet.is_empty() {
            Verdict::Failed
        } else if !self.unfired.is_empty() {
            Verdict::FaultNotTriggered
        } else {
            Verdict::Passed
        }
    }
}
