//! The rotator holds where it is searched for faults: every call × every fault over a first, second
//! and third rotation and a retry; every order of the calls of a step that runs twice at once;
//! random worlds.
//!
//! As part of the suite each search is a sample. `KEYWHEEL_PROOF=whole` runs them to their ends,
//! which takes minutes in a release build; the README's `sweep`, `interleave` and `fuzz` do too.

use std::sync::atomic::AtomicBool;

use keywheel::explore::base::builtin;
use keywheel::explore::campaign::{Children, Crew};
use keywheel::explore::fuzz;
use keywheel::explore::interleave::{self, Bounds, Unit};
use keywheel::explore::item::Item;
use keywheel::explore::sweep::Discovery;
use keywheel::scenario::print;
use keywheel::subject::builtin::Builtin;

/// Which part of a search the suite runs.
#[derive(Clone, Copy)]
struct Budget {
    is_whole: bool,
}

impl Budget {
    fn get() -> Self {
        Self {
            is_whole: std::env::var("KEYWHEEL_PROOF").is_ok_and(|value| value == "whole"),
        }
    }

    fn of<T>(self, sample: T, whole: T) -> T {
        if self.is_whole { whole } else { sample }
    }
}

fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Runs everything, and gives how many runs that were and which failed.
fn search(
    roots: impl Iterator<Item = Item> + Send,
    children: Children<'_>,
) -> (usize, Vec<String>) {
    let go_on = AtomicBool::new(false);
    let crew = Crew {
        subject: &Builtin,
        jobs: jobs(),
        stop: &go_on,
        seed: 1,
    };
    let (mut runs, mut failed) = (0, Vec::new());
    crew.explore(roots, children, &mut |item, judged| {
        runs += 1;
        if !judged.failures.is_empty() {
            let objections: Vec<&String> = judged.failures.values().collect();
            failed.push(format!("{objections:?}\n{}", print(&item.scenario)));
        }
    });
    (runs, failed)
}

fn hold(runs: usize, at_least: usize, failed: &[String]) {
    assert!(runs >= at_least, "only {runs} runs");
    let first = failed.first();
    assert!(
        failed.is_empty(),
        "{} of {runs} failed: {first:#?}",
        failed.len()
    );
}

#[test]
fn every_call_may_fail_in_every_way() {
    let one_in = Budget::get().of(40, 1);
    let discovery = Discovery::of(builtin(), &Builtin, jobs());
    let items = discovery.items();
    let total = items.len();
    let sampled = items
        .into_iter()
        .filter(|item| item.index.root_number() % one_in == 0);
    let (runs, failed) = search(sampled, &|_, _| Vec::new());
    hold(runs, total / usize::try_from(one_in).unwrap_or(1), &failed);
}

#[test]
fn a_step_may_run_twice_at_once_in_every_order_of_its_calls() {
    let bounds = Bounds {
        preemptions: Budget::get().of(Some(1), None),
        unit: Unit::Step,
        actors: 2,
        with_faults: false,
    };
    let roots = interleave::roots(&builtin(), bounds);
    let steps = roots.len();
    let children = |item: &Item, judged: &_| interleave::children(item, judged, bounds);
    let (runs, failed) = search(roots.into_iter(), &children);
    hold(runs, 4 * steps, &failed);
}

#[test]
fn a_rotation_may_run_at_once_with_another_delivery_another_secret_or_a_person() {
    let bounds = Bounds {
        preemptions: Budget::get().of(Some(0), Some(2)),
        unit: Unit::Rotation,
        actors: Budget::get().of(2, 3),
        with_faults: false,
    };
    let roots = interleave::roots(&builtin(), bounds);
    let companies = roots.len();
    let children = |item: &Item, judged: &_| interleave::children(item, judged, bounds);
    let (runs, failed) = search(roots.into_iter(), &children);
    hold(runs, companies, &failed);
}

#[test]
fn random_worlds_faults_and_people_do_no_harm() {
    let worlds = Budget::get().of(50, 5_000);
    let (runs, failed) = search((0..worlds).map(|number| fuzz::item(1, number)), &|_, _| {
        Vec::new()
    });
    hold(runs, 50, &failed);
}
