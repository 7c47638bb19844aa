//! Findings: failures made small, and grouped by cause.

use std::collections::BTreeMap;

use keywheel_emulator::fault::Verdict;

use crate::scenario::{AdminAction, Companion, Point, Scenario, Statement, print};
use crate::subject::Subject;

use super::base::struck;
use super::campaign::in_order;
use super::class::Class;
use super::item::Item;
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

/// What orders amount to, in general terms: where, and whether before or after the effect.
pub fn shape<'a>(orders: impl Iterator<Item = &'a Statement>) -> Vec<String> {
    let mut shape: Vec<String> = orders.filter_map(sketch).collect();
    shape.sort();
    shape.dedup();
    shape
}

fn sketch(order: &Statement) -> Option<String> {
    Some(match order {
        Statement::Fault(rule) => {
            let step = rule.address.step.map_or("any step", |step| step.as_str());
            format!("{step}/{} {}", rule.address.operation, phase(&rule.verdict))
        }
        Statement::Double { step, how } => format!("{step} twice {how}"),
        Statement::Turns { .. } => "in a certain order".to_owned(),
        Statement::Beside(Companion::Delivery) => "the rotation twice at once".to_owned(),
        Statement::Beside(Companion::Admin(action)) => {
            format!("{} beside the rotation", verb(action))
        }
        Statement::Skip { step } => format!("{step} skipped"),
        Statement::At { point, action } => {
            format!("{} at {}", verb(action), place(point))
        }
        Statement::Admin(action) => verb(action),
        Statement::Setting { name, .. } => format!("setting {name}"),
        Statement::Invoke { step, .. } => format!("{step} by hand"),
        _ => return None,
    })
}

fn verb(action: &AdminAction) -> String {
    let action = action.to_string();
    action.split(' ').next().unwrap_or_default().to_owned()
}

fn place(point: &Point) -> String {
    match point {
        Point::Step(step) => step.to_string(),
        Point::Call(address) => address.operation.clone(),
    }
}

fn phase(verdict: &Verdict) -> &'static str {
    if matches!(verdict, Verdict::Delay(_)) {
        "held up"
    } else if verdict.is_after_effect() {
        "struck after its effect"
    } else {
        "struck before its effect"
    }
}

/// Makes the failures of a campaign small, and enters each cause once.
pub fn enter_findings(tally: &mut Tally, subject: &dyn Subject, jobs: usize) {
    let mut classes: BTreeMap<&Class, Vec<(&[String], &Bucket)>> = BTreeMap::new();
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
    buckets: &[(&[String], &Bucket)],
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
    let operation = orders().find(|order| sketch(order).is_some()).map(struck);
    let objection = lab.objection(minimal);
    let mut told = minimal.clone();
    told.story.clone_from(&objection);
    let mut original = bucket.item.scenario.clone();
    original.story.clone_from(&bucket.objection);
    Finding {
        class: class.clone(),
        operation: operation.unwrap_or_else(|| "-".to_owned()),
        base: bucket.item.base.clone(),
        shape: shape(orders()),
        count: bucket.count,
        first: bucket.item.index.clone(),
        minimal: print(&told),
        original: print(&original),
        objection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Vocabulary, parse};

    #[test]
    fn a_shape_says_where_and_when_but_not_how() {
        let shape_of = |body: &str| {
            let text = format!("keywheel scenario 1\n{body}");
            let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
            shape(scenario.statements.iter().map(|located| &located.value))
        };
        let one = shape_of("fault createSecret/CreateApiKey#1 answer-lost x3\nrotate\n");
        let other = shape_of("rotate\nfault createSecret/CreateApiKey#2 kill-after\nrotate\n");
        assert_eq!(one, ["createSecret/CreateApiKey struck after its effect"]);
        assert_eq!(one, other);
        assert_eq!(shape_of("rotate\nadvance 1d\n"), [""; 0]);
        let people =
            shape_of("at setSecret admin delete-key pending\ndouble testSecret at-once\nrotate\n");
        assert_eq!(
            people,
            ["delete-key at setSecret", "testSecret twice at-once"]
        );
    }
}
