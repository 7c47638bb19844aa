//! Searches for failures: what they find, that each cause is told once, and that parts make a whole.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use keywheel::explore::base::builtin;
use keywheel::explore::campaign::Crew;
use keywheel::explore::coverage::Mode;
use keywheel::explore::finding::enter_findings;
use keywheel::explore::item::Item;
use keywheel::explore::judged::Judged;
use keywheel::explore::repeat::repeat;
use keywheel::explore::shard::Shard;
use keywheel::explore::summary::{Plan, Summary};
use keywheel::explore::sweep::{Discovery, Pairs};
use keywheel::explore::tally::{Known, Tally};
use keywheel::mutants;
use keywheel::record::Objector;
use keywheel::run::run;
use keywheel::scenario::{OracleId, Statement};
use keywheel::subject::Subject;
use keywheel::suite;

fn mutant(name: &str) -> &'static dyn Subject {
    let found = mutants::ALL
        .iter()
        .find(|mutant| mutant.subject.name() == name);
    found.unwrap().subject
}

fn crew<'a>(subject: &'a dyn Subject, stop: &'a AtomicBool) -> Crew<'a> {
    Crew {
        subject,
        jobs: 2,
        stop,
        seed: 1,
    }
}

/// The sweep of a first rotation.
fn first_rotation(subject: &dyn Subject) -> Discovery {
    Discovery::of(builtin().into_iter().take(1).collect(), subject, 2)
}

/// Runs these items of a sweep, as one shard.
fn swept(subject: &dyn Subject, discovery: &Discovery, items: &[Item], shard: Shard) -> Summary {
    let plan = Plan {
        mode: Mode::Sweep,
        function: subject.name().to_owned(),
        seed: 1,
        bounds: [].into(),
    };
    let mut known = Known::default();
    known.learn(&discovery.clean_items()[0], &discovery.clean[0]);
    let mut tally = Tally::new(Summary::new(plan, shard), known);
    let go_on = AtomicBool::new(false);
    let crew = crew(subject, &go_on);
    let own = items
        .iter()
        .filter(|item| shard.has(item.index.root_number()));
    crew.explore(own.cloned(), &|_, _| Vec::new(), &mut |item, judged| {
        tally.add(item, judged);
    });
    enter_findings(&mut tally, subject, 2);
    let samples = tally.take_samples();
    tally.summary.repeats = repeat(samples, subject, 2);
    tally.summary
}

fn about(items: Vec<Item>, operation: &str) -> Vec<Item> {
    items
        .into_iter()
        .filter(|item| item.operation.as_deref() == Some(operation))
        .collect()
}

#[test]
fn many_failures_of_one_cause_are_few_findings_and_each_replays_without_a_seed() {
    let subject = mutant("no-adoption");
    let discovery = first_rotation(subject);
    let items = about(discovery.items(), "PutSecretValue");
    let summary = swept(subject, &discovery, &items, Shard::WHOLE);
    assert!(summary.failed >= 10, "{} failed", summary.failed);
    let findings = &summary.findings;
    let counts: Vec<u64> = findings.iter().map(|finding| finding.count).collect();
    assert!(findings.len() <= 2, "{findings:#?}");
    assert_eq!(counts.iter().sum::<u64>(), summary.failed);
    for finding in findings {
        let objector = Objector::Oracle(OracleId::BoundedKeys);
        assert_eq!(finding.class.objector, objector);
        assert!(!finding.minimal.contains("\nseed "), "{}", finding.minimal);
        let minimal = suite::read_text("minimal", &finding.minimal).unwrap();
        assert!(minimal.statements.len() <= 2, "{}", finding.minimal);
        let again = run(&minimal, subject);
        let told = again.violations().map(|v| again.describe(v));
        let told: Vec<String> = told.collect();
        assert!(told.contains(&finding.objection), "{told:?}");
        assert!(again.not_triggered.is_empty());
    }
}

#[test]
fn the_shards_of_a_campaign_are_its_whole() {
    let subject = mutant("names-the-key");
    let discovery = first_rotation(subject);
    let items = about(discovery.items(), "PutSecretValue");
    let whole = swept(subject, &discovery, &items, Shard::WHOLE);
    assert!(whole.failed > 0 && !whole.findings.is_empty());
    let parts = (1..=3).map(|index| swept(subject, &discovery, &items, Shard { index, of: 3 }));
    let mut folded = Summary::fold(parts.collect()).unwrap();
    assert_eq!(folded.shards_folded, 3);
    folded.shards_folded = 1;
    assert_eq!(folded, whole);
}

/// The runs of single orders about two operations.
fn singles(subject: &dyn Subject) -> Vec<(Item, Judged)> {
    let mut items = first_rotation(subject).items();
    let is_meant = |operation: &str| ["PutSecretValue", "ListApiKeys"].contains(&operation);
    items.retain(|item| item.operation.as_deref().is_some_and(is_meant));
    let go_on = AtomicBool::new(false);
    let crew = crew(subject, &go_on);
    let mut singles = Vec::new();
    crew.explore(
        items.into_iter(),
        &|_, _| Vec::new(),
        &mut |item, judged| {
            singles.push((item.clone(), judged));
        },
    );
    singles.sort_by(|(one, _), (other, _)| one.index.cmp(&other.index));
    singles
}

#[test]
fn a_situation_is_struck_once() {
    let singles = singles(mutant("no-adoption"));
    let pairs = Pairs::of(&singles);
    let mut struck = BTreeSet::new();
    for (item, judged) in &singles {
        for pair in pairs.children(item) {
            let orders: Vec<_> = pair.orders().collect();
            let [Statement::Fault(first), Statement::Fault(second)] = orders[..] else {
                panic!("two faults")
            };
            let mut later = judged.later_points.iter();
            let place = later.find(|later| later.at == second.address).unwrap();
            let left = first.times.left_after(place.triggered);
            let is_new = struck.insert((
                place.situation,
                left,
                second.verdict.to_string(),
                second.times.to_string(),
            ));
            assert!(is_new, "one situation is struck once: {}", pair.index);
        }
    }
    assert!(!struck.is_empty());
}

#[test]
fn pairs_follow_from_single_faults_and_are_not_blamed_for_what_one_half_does() {
    let subject = mutant("no-adoption");
    let singles = singles(subject);
    let pairs = Pairs::of(&singles);
    let followed: Vec<usize> = singles
        .iter()
        .map(|(item, _)| pairs.children(item).len())
        .collect();
    let leading = followed.iter().filter(|count| **count > 0).count();
    assert!(
        0 < leading && leading < singles.len() / 2,
        "{leading} of {}",
        singles.len()
    );

    let (parent, judged) = singles
        .iter()
        .find(|(item, judged)| !judged.failures.is_empty() && !pairs.children(item).is_empty())
        .unwrap();
    let child = &pairs.children(parent)[0];
    assert_eq!(child.orders().count(), 2);
    let mut known = Known::default();
    known.learn(parent, judged);
    let plan = Plan {
        mode: Mode::Sweep,
        function: subject.name().to_owned(),
        seed: 1,
        bounds: [].into(),
    };
    let mut tally = Tally::new(Summary::new(plan, Shard::WHOLE), known);
    let go_on = AtomicBool::new(false);
    let crew = crew(subject, &go_on);
    crew.explore(
        [child.clone()].into_iter(),
        &|_, _| Vec::new(),
        &mut |item, judged| {
            tally.add(item, judged);
        },
    );
    let sketches: Vec<usize> = tally
        .buckets()
        .keys()
        .map(|(_, sketch)| sketch.len())
        .collect();
    assert_eq!(sketches, [1], "the parent alone is to blame");
}
