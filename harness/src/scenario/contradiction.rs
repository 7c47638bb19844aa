//! Lines that cannot both be met, whatever the run does.

use std::collections::BTreeMap;

use super::refs::{Bound, Check, Payload, VersionRef};
use super::statement::{Expectation, Statement};
use super::words::{KeyState, OracleId};

/// What the lines read so far demand.
#[derive(Default)]
pub(super) struct Demands {
    /// What has to hold at this point, since something last happened.
    here: Vec<(usize, Expectation)>,
    /// Oracles by what is demanded of them.
    oracles: BTreeMap<(Demand, OracleId), usize>,
    /// What has to hold at the end.
    at_the_end: Vec<(usize, Check)>,
}

/// What a line demands of an oracle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Demand {
    /// `expect violation`
    Objects,
    /// `without`
    IsOff,
    /// `finally`
    Holds,
}

impl Demand {
    fn told(self, oracle: OracleId) -> String {
        match self {
            Self::Objects => format!("expect violation {oracle}"),
            Self::IsOff => format!("without {oracle}"),
            Self::Holds => format!("finally {oracle}"),
        }
    }
}

impl Demands {
    /// Takes a line in. If it contradicts one before, that line and what it says.
    pub(super) fn meet(&mut self, line: usize, statement: &Statement) -> Option<(usize, String)> {
        match statement {
            Statement::Expect(Expectation::Violation { oracle }) => {
                self.demand(line, Demand::Objects, *oracle)
            }
            Statement::Expect(expectation) => self.expect(line, expectation),
            Statement::Without { oracle, .. } => self.demand(line, Demand::IsOff, *oracle),
            Statement::Finally(checks) => checks.iter().find_map(|check| self.check(line, check)),
            Statement::Setting { .. }
            | Statement::Fault(_)
            | Statement::Double { .. }
            | Statement::Turns { .. }
            | Statement::Skip { .. }
            | Statement::Overlap { .. }
            | Statement::Beside(_)
            | Statement::At { .. } => None,
            Statement::Subscribe { .. }
            | Statement::TestRotation { .. }
            | Statement::Send(_)
            | Statement::Rotate { .. }
            | Statement::Invoke { .. }
            | Statement::Advance(_)
            | Statement::Admin(_) => {
                self.here.clear();
                None
            }
        }
    }

    fn demand(&mut self, line: usize, demand: Demand, oracle: OracleId) -> Option<(usize, String)> {
        let others = [Demand::Objects, Demand::IsOff, Demand::Holds];
        let known = others.into_iter().filter(|other| *other != demand);
        let contradicted = known.map(|other| (other, oracle)).find_map(|key| {
            let line = self.oracles.get(&key)?;
            Some((*line, key.0.told(oracle)))
        });
        self.oracles.insert((demand, oracle), line);
        contradicted
    }

    fn expect(&mut self, line: usize, expectation: &Expectation) -> Option<(usize, String)> {
        let mut here = self.here.iter();
        let known = here.find(|(_, known)| excludes(known, expectation));
        let contradicted =
            known.map(|(line, known)| (*line, Statement::Expect(known.clone()).to_string()));
        self.here.push((line, expectation.clone()));
        contradicted
    }

    fn check(&mut self, line: usize, check: &Check) -> Option<(usize, String)> {
        if let Check::Oracle(oracle) = check {
            return self.demand(line, Demand::Holds, *oracle);
        }
        let mut known = self.at_the_end.iter();
        let known = known.find(|(_, known)| match (known, check) {
            (Check::Keys(one), Check::Keys(other)) => is_empty(*one, *other),
            (Check::Creates(one), Check::Creates(other)) => is_empty(*one, *other),
            _ => false,
        });
        let contradicted = known.map(|(line, known)| (*line, format!("finally {known}")));
        self.at_the_end.push((line, check.clone()));
        contradicted
    }
}

/// Can these two not hold at one moment?
fn excludes(one: &Expectation, other: &Expectation) -> bool {
    match (one, other) {
        (Expectation::Keys(one), Expectation::Keys(other))
        | (Expectation::Creates(one), Expectation::Creates(other))
        | (Expectation::Rotated(one), Expectation::Rotated(other)) => is_empty(*one, *other),
        (
            Expectation::Calls { of, count },
            Expectation::Calls {
                of: other,
                count: bound,
            },
        ) => of == other && is_empty(*count, *bound),
        (
            Expectation::Event { name, count },
            Expectation::Event {
                name: other,
                count: bound,
            },
        ) => name == other && is_empty(*count, *bound),
        (
            Expectation::Key { key, state },
            Expectation::Key {
                key: other,
                state: is,
            },
        ) => key == other && !can_be_both(*state, *is),
        (Expectation::Labels(one), Expectation::Labels(other)) => {
            one.keys().ne(other.keys())
                || one.values().zip(other.values()).any(|(a, b)| differ(a, b))
        }
        (Expectation::Value(Payload::Text(one)), Expectation::Value(Payload::Text(other))) => {
            // `<name>` stands for something that is not known before the run.
            one != other && !one.contains('<') && !other.contains('<')
        }
        _ => false,
    }
}

/// Does no count satisfy both?
fn is_empty(one: Bound, other: Bound) -> bool {
    match (one, other) {
        (Bound::Exactly(one), Bound::Exactly(other)) => one != other,
        (Bound::Exactly(count), Bound::AtMost(most))
        | (Bound::AtMost(most), Bound::Exactly(count)) => count > most,
        (Bound::AtMost(_), Bound::AtMost(_)) => false,
    }
}

/// A key that is about to expire is alive.
fn can_be_both(one: KeyState, other: KeyState) -> bool {
    let is_live = |state| matches!(state, KeyState::Alive | KeyState::Expiring);
    one == other || (is_live(one) && is_live(other))
}

/// Are they two versions, whatever happens? Labels and words may name the same one.
fn differ(one: &VersionRef, other: &VersionRef) -> bool {
    let is_fixed = |version: &VersionRef| {
        matches!(
            version,
            VersionRef::First | VersionRef::Token(_) | VersionRef::Admin(_)
        )
    };
    one != other && is_fixed(one) && is_fixed(other)
}
