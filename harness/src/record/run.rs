//! Everything that is known after a run.

use std::collections::BTreeSet;

use keywheel_emulator::time::Timestamp;

use crate::history::Turn;
use crate::history::{History, Names, marks};
use crate::oracle::{self, Violation};
use crate::scenario::{Mark, OracleId, Scenario};

use super::{Unmet, Verdict};

/// Everything that is known after a run.
#[derive(Debug)]
pub struct Run {
    /// The scenario that was run.
    pub scenario: Scenario,
    /// Everything that oracles found, in order; the history tells of each by its number.
    pub found: Vec<Violation>,
    /// Oracles that the scenario wants to object.
    pub wanted: BTreeSet<OracleId>,
    /// Expectations of the scenario that were not met.
    pub unmet: Vec<Unmet>,
    /// Statements whose faults were not triggered or that were never carried out, by number.
    pub not_triggered: Vec<usize>,
    /// Whose turn it was, call by call, while invocations ran at once in a given order.
    pub turns: Vec<Turn>,
    /// Labels and keys at the end, by aliases.
    pub end_state: String,
    /// The last lines that a function printed that ran elsewhere, by aliases.
    pub printed: Vec<String>,
    /// What happened.
    pub history: History,
    /// Aliases.
    pub names: Names,
    /// When the scenario started.
    pub started: Timestamp,
    /// When it ended, the epilogue included.
    pub ended: Timestamp,
    /// How long the modelled clients were refused, all together.
    pub outage_seconds: i64,
}

impl Run {
    /// What counts against the function: what oracles found and the scenario did not want.
    pub fn violations(&self) -> impl Iterator<Item = &Violation> {
        let is_wanted = |violation: &&Violation| self.wanted.contains(&violation.oracle());
        self.found
            .iter()
            .filter(move |violation| !is_wanted(violation))
    }

    /// Does an oracle object that the scenario did not want to?
    pub fn is_violated_by(&self, oracle: OracleId) -> bool {
        self.violations().any(|found| found.oracle() == oracle)
    }

    /// A violation by aliases, after its oracle's.
    pub fn describe(&self, violation: &Violation) -> String {
        let (oracle, objection) = (violation.oracle(), &violation.objection);
        format!("{oracle}: {}", objection.describe(&self.names))
    }

    /// The line of the scenario's file in which a statement stands; 0 if it is in none.
    pub fn line_of(&self, statement: usize) -> usize {
        let located = self.scenario.statements.get(statement);
        located.map_or(0, |located| located.line)
    }

    /// The must-happen marks that it met, the clean rotation at its end included.
    pub fn marks(&self) -> BTreeSet<Mark> {
        marks::of(&self.history)
    }

    /// The whole run with every header, byte and objection, for comparing runs. It holds keys: it
    /// is never printed or written.
    pub fn raw(&self) -> String {
        let found = self.found.iter().map(|found| format!("{found:?}\n"));
        self.history.raw() + &found.collect::<String>()
    }

    /// The verdict. An invariant that failed outweighs an expectation, and both a fault that was
    /// not triggered.
    pub fn verdict(&self) -> Verdict {
        let is_safety = |violation: &Violation| oracle::of(violation.oracle()).is_safety();
        if self.violations().any(is_safety) {
            Verdict::Violated
        } else if self.violations().next().is_some() {
            Verdict::DidNotRecover
        } else if !self.unmet.is_empty() {
            Verdict::Failed
        } else if !self.not_triggered.is_empty() {
            Verdict::FaultNotTriggered
        } else {
            Verdict::Passed
        }
    }
}
