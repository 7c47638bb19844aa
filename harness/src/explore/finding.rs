//! Findings: failures made small, and grouped by cause.

use std::collections::BTreeMap;

use crate::record::Class;
use crate::scenario::{Scenario, print};
use crate::subject::Subject;

use super::item::Item;
use super::ordered::in_order;
use super::shape::{self, Feature};
use super::shrink::Lab;
use super::summary::Finding;
use super::tally::Tally;

/// Failures of one class that look alike.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub item: Item,
    /// What the oracle said of it.
    pub objection: String,
}

/// How many failures of one class are made small. What is left then is told by its first.
const SHRUNK_MAX: usize = 24;

/// Makes the failures of a campaign small, and enters each cause once.
pub fn enter_findings(tally: &mut Tally, subject: &dyn Subject, jobs: usize) {
    let mut classes: BTreeMap<&Class, Vec<(&[Feature], &Bucket)>> = BTreeMap::new();
    for ((class, sketch), bucket) in tally.buckets() {
        classes.entry(class).or_default().push((sketch, bucket));
    }
    let classes: Vec<_> = classes.into_iter().collect();
    let found = in_order(jobs, &classes, |(class, buckets)| {
        of_class(class, buckets, subject)
    });
    for finding in found.into_iter().flatten() {
        tally.summary.add_finding(finding);
    }
}

fn of_class(
    class: &Class,
    buckets: &[(&[Feature], &Bucket)],
    subject: &dyn Subject,
) -> Vec<Finding> {
    let mut buckets = buckets.to_vec();
    // The fewest orders first: what they show, those with more need not show again.
    buckets.sort_by(|(one, a), (other, b)| {
        (one.len(), &a.item.index).cmp(&(other.len(), &b.item.index))
    });
    let mut lab = Lab::new(subject, class.clone());
    let mut findings: Vec<Finding> = Vec::new();
    let mut shrunk = 0;
    for (sketch, bucket) in buckets {
        let contains = |finding: &&mut Finding| finding.shape.iter().all(|s| sketch.contains(s));
        if let Some(known) = findings.iter_mut().find(contains) {
            known.count += bucket.count;
        } else if shrunk < SHRUNK_MAX {
            shrunk += 1;
            let minimal = lab.shrink(&bucket.item.scenario);
            findings.push(finding(class, bucket, &minimal, &mut lab));
        } else {
            findings.push(finding(
                class,
                bucket,
                &bucket.item.scenario.clone(),
                &mut lab,
            ));
        }
    }
    findings
}

fn finding(class: &Class, bucket: &Bucket, minimal: &Scenario, lab: &mut Lab<'_>) -> Finding {
    let orders = || minimal.statements.iter().map(|located| &located.value);
    let first = orders().find(|order| shape::feature(order).is_some());
    // Nothing is tried any more once the program is to end.
    let objection = Some(lab.objection(minimal)).filter(|text| !text.is_empty());
    let objection = objection.unwrap_or_else(|| bucket.objection.clone());
    let mut told = minimal.clone();
    told.story.clone_from(&objection);
    let mut original = bucket.item.scenario.clone();
    original.story.clone_from(&bucket.objection);
    Finding {
        class: class.clone(),
        operation: first.and_then(shape::operation_of),
        base: bucket.item.base.clone(),
        shape: shape::of(orders()),
        count: bucket.count,
        first: bucket.item.index.clone(),
        minimal: print(&told),
        original: print(&original),
        objection,
    }
}
