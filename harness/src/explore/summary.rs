//! What a campaign found, as data: shards are folded into one by adding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::Class;
use crate::scenario::Mark;

use super::coverage::Mode;
use super::item::Index;
use super::shape::Feature;
use super::shard::Shard;

/// The form of a summary; a change that old readers cannot read gets the next number.
pub const FORMAT: u32 = 2;

/// The summary of a campaign or of one of its shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the tool.
    pub version: String,
    /// What was run.
    pub plan: Plan,
    /// Which part of it.
    pub shard: Shard,
    /// How many parts are in it.
    pub shards_folded: u32,
    /// Was it told to stop before its end?
    pub is_cut_short: bool,
    /// Runs.
    pub runs: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those in which an order was not carried out.
    pub not_triggered: u64,
    /// Runs and failures for each base and, in it, each operation.
    pub cells: BTreeMap<String, BTreeMap<String, Cell>>,
    /// What was found, each cause once.
    pub findings: Vec<Finding>,
    /// What became of the faults, for each kind and operation.
    pub faults: BTreeMap<String, FaultCounts>,
    /// In how many runs each must-happen mark was seen.
    pub marks: BTreeMap<Mark, u64>,
    /// Runs that were run again.
    pub repeats: Repeats,
}

/// What determines a campaign's items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The mode.
    pub mode: Mode,
    /// The function under test.
    pub function: String,
    /// The seed.
    pub seed: u64,
    /// The mode's bounds.
    pub bounds: BTreeMap<String, Value>,
}

/// The bound on interruptions, as plans name it.
pub const PREEMPTIONS: &str = "preemptions";

/// A bound as a person reads it.
pub fn bound(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Runs of one base and operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// All.
    pub runs: u64,
    /// Those that failed.
    pub failed: u64,
}

/// What became of the faults of one kind at one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultCounts {
    /// Rules that were injected.
    pub injected: u64,
    /// Calls that triggered one.
    pub triggered: u64,
    /// Those that no SDK retry hid from the function.
    pub reached: u64,
    /// Runs with such a fault that ended otherwise than without it.
    pub changed: u64,
}

/// One cause of failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Who objects, and in which way.
    pub class: Class,
    /// The operation that the smallest scenario strikes.
    pub operation: Option<String>,
    /// The base in which it was seen first.
    pub base: String,
    /// What the smallest scenario orders, in general terms.
    pub shape: Vec<Feature>,
    /// How many runs failed for it.
    pub count: u64,
    /// The first of them.
    pub first: Index,
    /// What the oracle says of the smallest scenario.
    pub objection: String,
    /// The smallest scenario, as text.
    pub minimal: String,
    /// The first scenario that failed so, as text.
    pub original: String,
}

/// Runs that were run again: on another thread, in reverse order, with tracing on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// How many.
    pub runs: u64,
    /// Those that were not the same byte for byte.
    pub differing: Vec<Difference>,
}

/// A run that was not the same when it was repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Which.
    pub index: Index,
    /// The first line of its history that differs, from 1.
    pub line: u64,
    /// That line, without secrets.
    pub text: String,
    /// The scenario.
    pub scenario: String,
}

/// Why summaries cannot be folded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotFold {
    /// They are of different campaigns.
    #[error("they are of different campaigns: one is {one}, another {other}")]
    Plans {
        /// The first.
        one: String,
        /// One that differs.
        other: String,
    },
    /// Nothing to fold.
    #[error("there is no summary in them")]
    None,
    /// One that is there twice.
    #[error("shard {0} is there twice")]
    Twice(Shard),
    /// Shards are missing.
    #[error("of {of} shards {missing} are missing: {}", list(.absent))]
    Missing {
        /// How many shards there are.
        of: u32,
        /// How many are not there.
        missing: usize,
        /// Which.
        absent: Vec<u32>,
    },
}

fn list(numbers: &[u32]) -> String {
    let shown: Vec<String> = numbers.iter().take(20).map(u32::to_string).collect();
    let more = if numbers.len() > 20 { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

impl Summary {
    /// An empty summary.
    pub fn new(plan: Plan, shard: Shard) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            plan,
            shard,
            shards_folded: 1,
            is_cut_short: false,
            runs: 0,
            failed: 0,
            not_triggered: 0,
            cells: BTreeMap::new(),
            findings: Vec::new(),
            faults: BTreeMap::new(),
            marks: BTreeMap::new(),
            repeats: Repeats::default(),
        }
    }

    /// Folds all shards of a campaign into the summary of the whole.
    ///
    /// # Errors
    /// They are not exactly the shards of one campaign.
    pub fn fold(shards: Vec<Self>) -> Result<Self, CannotFold> {
        let first = shards.first().ok_or(CannotFold::None)?;
        let (plan, of) = (first.plan.clone(), first.shard.of);
        let mut seen = std::collections::BTreeSet::new();
        for shard in &shards {
            if shard.plan != plan || shard.shard.of != of {
                return Err(CannotFold::Plans {
                    one: told(&plan, of),
                    other: told(&shard.plan, shard.shard.of),
                });
            }
            if !seen.insert(shard.shard.index) {
                return Err(CannotFold::Twice(shard.shard));
            }
        }
        let absent: Vec<u32> = (1..=of).filter(|index| !seen.contains(index)).collect();
        if !absent.is_empty() {
            let missing = absent.len();
            return Err(CannotFold::Missing {
                of,
                missing,
                absent,
            });
        }
        let mut whole = Self::new(plan, Shard::WHOLE);
        whole.shards_folded = 0;
        for shard in shards {
            whole.add(shard);
        }
        Ok(whole)
    }

    fn add(&mut self, part: Self) {
        self.shards_folded += part.shards_folded;
        self.is_cut_short |= part.is_cut_short;
        self.runs += part.runs;
        self.failed += part.failed;
        self.not_triggered += part.not_triggered;
        for (base, cells) in part.cells {
            let sums = self.cells.entry(base).or_default();
            for (operation, cell) in cells {
                let sum = sums.entry(operation).or_default();
                sum.runs += cell.runs;
                sum.failed += cell.failed;
            }
        }
        for (name, counts) in part.faults {
            self.faults.entry(name).or_default().add(counts);
        }
        for (mark, runs) in part.marks {
            *self.marks.entry(mark).or_default() += runs;
        }
        for finding in part.findings {
            self.add_finding(finding);
        }
        self.repeats.runs += part.repeats.runs;
        self.repeats.differing.extend(part.repeats.differing);
    }

    /// Adds a finding to the one of the same cause, if it is there.
    pub fn add_finding(&mut self, finding: Finding) {
        let same = self
            .findings
            .iter_mut()
            .find(|known| known.has_cause_of(&finding));
        let Some(known) = same else {
            let place = self
                .findings
                .partition_point(|known| known.key() <= finding.key());
            self.findings.insert(place, finding);
            return;
        };
        let count = known.count + finding.count;
        if finding.first < known.first {
            *known = finding;
        }
        known.count = count;
    }
}

fn told(plan: &Plan, of: u32) -> String {
    let bounds = plan
        .bounds
        .iter()
        .map(|(name, value)| format!(" {name}={}", bound(value)));
    let bounds: String = bounds.collect();
    let Plan {
        mode,
        function,
        seed,
        ..
    } = plan;
    format!("{mode} of {function} with seed {seed}{bounds} in {of} shards")
}

impl FaultCounts {
    /// Adds what others did.
    pub fn add(&mut self, other: Self) {
        self.injected += other.injected;
        self.triggered += other.triggered;
        self.reached += other.reached;
        self.changed += other.changed;
    }
}

impl Finding {
    fn key(&self) -> (&Class, Option<&str>, &[Feature]) {
        (&self.class, self.operation.as_deref(), &self.shape)
    }

    fn has_cause_of(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Kind;
    use crate::record::Objector;
    use crate::scenario::OracleId;

    fn plan() -> Plan {
        Plan {
            mode: Mode::Sweep,
            function: "builtin".to_owned(),
            seed: 1,
            bounds: BTreeMap::new(),
        }
    }

    fn shard(index: u32, of: u32) -> Summary {
        let mut summary = Summary::new(plan(), Shard { index, of });
        summary.runs = u64::from(index);
        summary.marks.insert(Mark::Killed, 1);
        summary
    }

    fn finding(first: u32, count: u64) -> Finding {
        Finding {
            class: Class {
                objector: Objector::Oracle(OracleId::Served),
                kind: Kind::new("x"),
            },
            operation: Some("DeleteApiKey".to_owned()),
            base: "first".to_owned(),
            shape: Vec::new(),
            count,
            first: Index::root(first),
            objection: String::new(),
            minimal: String::new(),
            original: first.to_string(),
        }
    }

    #[test]
    fn all_shards_fold_into_the_whole_in_any_order() {
        let mut parts = vec![shard(2, 3), shard(1, 3), shard(3, 3)];
        parts[0].add_finding(finding(5, 2));
        parts[1].add_finding(finding(3, 4));
        let whole = Summary::fold(parts.clone()).unwrap();
        assert_eq!((whole.runs, whole.shards_folded), (6, 3));
        assert_eq!(whole.marks[&Mark::Killed], 3);
        assert_eq!(
            (whole.findings[0].count, &*whole.findings[0].original),
            (6, "3")
        );
        parts.reverse();
        assert_eq!(Summary::fold(parts), Ok(whole));
    }

    #[test]
    fn what_is_not_all_of_one_campaign_is_refused() {
        let error = |parts| Summary::fold(parts).unwrap_err().to_string();
        assert!(error(vec![]).contains("no summary"));
        assert!(error(vec![shard(1, 3)]).contains("2 are missing: 2, 3"));
        assert!(error(vec![shard(1, 2), shard(1, 2)]).contains("shard 1/2 is there twice"));
        let mut other = shard(2, 2);
        other.plan.seed = 7;
        assert!(error(vec![shard(1, 2), other]).contains("with seed 7"));
    }

    #[test]
    fn a_summary_is_read_back_from_json() {
        let mut summary = shard(1, 1);
        summary.add_finding(finding(5, 2));
        let json = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
    }
}
