//! The harness can fail: each known-bad rotator is caught, by the oracle named for it.

use std::path::PathBuf;

use keywheel::mutants::{ALL, Mutant, Plain};
use keywheel::report::text;
use keywheel::run::{Run, run};
use keywheel::subject::Subject;
use keywheel::suite;

fn run_in(mutant: &Mutant, subject: &dyn Subject) -> Run {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let file = folder.join(mutant.scenario).with_extension("scenario");
    let scenario = suite::read_one(&file).unwrap_or_else(|error| panic!("{error}"));
    run(&scenario, subject)
}

fn objects(run: &Run, oracle: &str) -> bool {
    run.violations
        .iter()
        .any(|violation| violation.oracle == oracle)
}

#[test]
fn every_mutant_is_caught_by_the_oracle_named_for_it() {
    for mutant in &ALL {
        let run = run_in(mutant, mutant.subject);
        let name = mutant.subject.name();
        assert!(
            objects(&run, mutant.oracle),
            "{name} was not caught by {} in {}\n{}\n{}",
            mutant.oracle,
            mutant.scenario,
            text::objections(&run).join("\n"),
            text::timeline(&run),
        );
    }
}

#[test]
fn the_rotator_that_the_mutants_were_made_of_is_not_blamed_for_their_bugs() {
    for mutant in &ALL {
        let run = run_in(mutant, &Plain);
        let timeline = text::timeline(&run);
        assert!(
            !objects(&run, mutant.oracle),
            "{}\n{timeline}",
            mutant.scenario
        );
    }
}

/// Oracles that no mutant of today offends; unit tests beside their code show that they can object.
const SHOWN_BESIDE_THEIR_CODE: [&str; 8] = [
    "no-return",
    "value-fixed",
    "own-secret-only",
    "lasts",
    "within-policy",
    "in-time",
    "bounded-calls",
    "repeat-harmless",
];

#[test]
fn every_oracle_catches_somebody() {
    let mut idle = keywheel::oracle::names().to_vec();
    idle.retain(|oracle| !SHOWN_BESIDE_THEIR_CODE.contains(oracle));
    for mutant in &ALL {
        let run = run_in(mutant, mutant.subject);
        idle.retain(|oracle| !objects(&run, oracle));
    }
    assert!(idle.is_empty(), "no mutant is caught by {idle:?}");
}

#[test]
fn no_timeline_shows_a_key() {
    for mutant in &ALL {
        let run = run_in(mutant, mutant.subject);
        let told = format!(
            "{}{}",
            text::objections(&run).join("\n"),
            text::timeline(&run)
        );
        for (key, name) in run.names.keys() {
            assert!(
                !told.contains(&key[4..]),
                "{}: {name} is shown",
                mutant.subject.name()
            );
        }
    }
}
