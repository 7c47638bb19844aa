//! A campaign's books: every run is entered as it comes, and little is kept of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::Class;
use crate::scenario::Statement;

use super::finding::Bucket;
use super::item::Item;
use super::judged::Judged;
use super::shape::{self, Feature};
use super::summary::{Cell, Summary};

/// What is known before the campaign's own runs: how single orders fail, so that a pair is not
/// blamed for what one of its halves does alone.
#[derive(Debug, Default)]
pub struct Known {
    /// How each base fails without orders.
    clean: BTreeMap<String, BTreeSet<Class>>,
    /// How each base fails with one order.
    singles: BTreeMap<String, Vec<(Statement, BTreeSet<Class>)>>,
    /// How each base ends without orders.
    ends: BTreeMap<String, String>,
}

impl Known {
    /// Enters a run without orders or with one.
    pub fn learn(&mut self, item: &Item, judged: &Judged) {
        let failures = || judged.failures.keys().cloned().collect();
        let mut orders = item.orders();
        match (orders.next(), orders.next()) {
            (None, _) => {
                self.clean.insert(item.base.clone(), failures());
                self.ends
                    .insert(item.base.clone(), judged.end_state.clone());
            }
            (Some(order), None) if !judged.failures.is_empty() => {
                let singles = self.singles.entry(item.base.clone()).or_default();
                singles.push((order.clone(), failures()));
            }
            _ => {}
        }
    }

    /// The orders of an item that are to blame for a failure, as far as is known: none if the base
    /// fails so by itself, one if that one alone is enough.
    fn blamed<'a>(&self, item: &'a Item, class: &Class) -> Vec<&'a Statement> {
        let clean = self.clean.get(&item.base);
        if clean.is_some_and(|classes| classes.contains(class)) {
            return Vec::new();
        }
        let singles = self.singles.get(&item.base).map_or(&[][..], Vec::as_slice);
        let alone = |order: &&Statement| {
            let mut own = singles.iter().filter(|(single, _)| single == *order);
            own.any(|(_, classes)| classes.contains(class))
        };
        item.orders()
            .find(alone)
            .map_or_else(|| item.orders().collect(), |order| vec![order])
    }
}

/// The books.
#[derive(Debug)]
pub struct Tally {
    /// The figures.
    pub summary: Summary,
    known: Known,
    buckets: BTreeMap<(Class, Vec<Feature>), Bucket>,
    samples: Vec<Sample>,
}

/// A run that is to be run again.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What was run.
    pub item: Item,
    /// A hash of each line of its history.
    pub lines: Vec<u64>,
}

impl Tally {
    /// Empty books.
    pub fn new(summary: Summary, known: Known) -> Self {
        Self {
            summary,
            known,
            buckets: BTreeMap::new(),
            samples: Vec::new(),
        }
    }

    /// Enters a run.
    pub fn add(&mut self, item: &Item, mut judged: Judged) {
        let has_failed = !judged.failures.is_empty();
        let summary = &mut self.summary;
        summary.runs += 1;
        summary.failed += u64::from(has_failed);
        summary.not_triggered += u64::from(judged.not_triggered > 0);
        for mark in &judged.marks {
            *summary.marks.entry(*mark).or_default() += 1;
        }
        let cells = summary.cells.entry(item.base.clone()).or_default();
        let operation = item.operation.as_deref().unwrap_or(NONE);
        let cell: &mut Cell = cells.entry(operation.to_owned()).or_default();
        cell.runs += 1;
        cell.failed += u64::from(has_failed);
        self.enter_faults(item, &judged);
        if let Some(lines) = judged.lines.take() {
            let item = item.clone();
            self.samples.push(Sample { item, lines });
        }
        for (class, objection) in judged.failures {
            self.enter_failure(item, class, &objection);
        }
    }

    fn enter_faults(&mut self, item: &Item, judged: &Judged) {
        let faults = &mut self.summary.faults;
        for order in item.orders() {
            if let Statement::Fault(rule) = order {
                let name = row(rule.verdict.word(), &rule.address.operation);
                faults.entry(name).or_default().injected += 1;
            }
        }
        let clean_end = self.known.ends.get(&item.base);
        let has_changed = clean_end.is_some_and(|end| *end != judged.end_state);
        let mut entered = BTreeSet::new();
        for fault in &judged.triggered {
            let name = row(fault.kind, fault.operation);
            let counts = faults.entry(name.clone()).or_default();
            counts.triggered += 1;
            counts.reached += u64::from(fault.has_reached);
            counts.changed += u64::from(has_changed && entered.insert(name));
        }
    }

    fn enter_failure(&mut self, item: &Item, class: Class, objection: &str) {
        let blamed = self.known.blamed(item, &class);
        let sketch = shape::of(blamed.into_iter());
        let bucket = self.buckets.entry((class, sketch));
        let bucket = bucket.or_insert_with(|| Bucket {
            count: 0,
            item: item.clone(),
            objection: objection.to_owned(),
        });
        bucket.count += 1;
        if item.index < bucket.item.index {
            bucket.item = item.clone();
            objection.clone_into(&mut bucket.objection);
        }
    }

    /// What failed, in buckets by class and general shape.
    pub fn buckets(&self) -> &BTreeMap<(Class, Vec<Feature>), Bucket> {
        &self.buckets
    }

    /// Runs to repeat, in the plan's order.
    pub fn take_samples(&mut self) -> Vec<Sample> {
        let mut samples = std::mem::take(&mut self.samples);
        samples.sort_by(|one, other| one.item.index.cmp(&other.item.index));
        samples
    }
}

/// What stands for the operation of runs that strike none.
const NONE: &str = "-";

/// The row of a fault kind at an operation.
fn row(kind: &str, operation: &str) -> String {
    format!("{kind} {operation}")
}
