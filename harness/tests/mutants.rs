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

#[test]
fn every_oracle_catches_somebody() {
    for entry in keywheel::oracle::ENTRIES {
        assert!(
            ALL.iter().any(|mutant| mutant.oracle == entry.name),
            "{}",
            entry.name
        );
    }
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
