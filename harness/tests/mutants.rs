//! The harness can fail: each known-bad rotator is caught, by the oracle named for it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use keywheel::explore::fuzz;
use keywheel::explore::hunt::{Budget, Outcome, hunt, shown_in};
use keywheel::mutants::{ALL, Canary, Mutant, Plain};
use keywheel::record::timeline;
use keywheel::record::{Class, Objector, Run};
use keywheel::run::run;
use keywheel::scenario::{Choice as _, OracleId, Scenario, Statement};
use keywheel::suite;

fn scenario_of(mutant: &Mutant) -> Scenario {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let file = folder.join(format!("{}.scenario", mutant.scenario));
    suite::read_one(&file).unwrap_or_else(|error| panic!("{error}"))
}

fn run_of(mutant: &Mutant) -> Run {
    run(&scenario_of(mutant), mutant.subject)
}

fn objectors(run: &Run) -> BTreeSet<Objector> {
    Class::all_in(run)
        .map(|(class, _)| class.objector)
        .collect()
}

#[test]
fn every_mutant_is_caught_by_the_oracle_named_for_it_and_the_right_rotator_is_not() {
    let survivor = |mutant: &&Mutant| shown_in(mutant, &Plain, &scenario_of(mutant)).is_none();
    let survivors: Vec<String> = ALL
        .iter()
        .filter(survivor)
        .map(|mutant| {
            let (name, run) = (mutant.subject.name(), run_of(mutant));
            let told = timeline::objections(&run).join("\n  ");
            format!(
                "{name} by {} in {}:\n  {told}",
                mutant.caught_by, mutant.scenario
            )
        })
        .collect();
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
}

#[test]
fn names_and_bugs_are_told_apart() {
    let names: BTreeSet<_> = ALL.iter().map(|mutant| mutant.subject.name()).collect();
    let bugs: BTreeSet<_> = ALL.iter().map(|mutant| mutant.bug).collect();
    assert_eq!((names.len(), bugs.len()), (ALL.len(), ALL.len()));
}

/// No function can change a version's value on a faithful emulator: what offends this oracle is a
/// mutant of the emulator.
const OF_THE_EMULATOR: OracleId = OracleId::ValueFixed;

/// The oracles that ask a target, which these rotators do not have.
const OF_A_TARGET: [OracleId; 5] = [
    OracleId::CredentialKnown,
    OracleId::CurrentWorks,
    OracleId::PreviousWorks,
    OracleId::OldDies,
    OracleId::OthersUntouched,
];

#[test]
fn every_oracle_is_named_for_somebody() {
    let named = ALL.iter().filter_map(|mutant| match mutant.caught_by {
        Objector::Oracle(oracle) => Some(oracle),
        Objector::Expectation => None,
    });
    let mut caught: BTreeSet<OracleId> = named.collect();
    assert!(
        caught.insert(OF_THE_EMULATOR),
        "a rotator can offend it after all"
    );
    let all: BTreeSet<OracleId> = OracleId::VALUES.iter().copied().collect();
    // Functions of databases and issuers break these: `tests/functions` has their bugs.
    caught.extend(OF_A_TARGET);
    assert_eq!(caught, all);
}

fn first_rotation_of(name: &str) -> Run {
    let mutant = ALL.iter().find(|mutant| mutant.subject.name() == name);
    let mutant = mutant.unwrap_or_else(|| panic!("there is no mutant {name}"));
    let first = Mutant {
        scenario: "happy/h1-first-rotation",
        ..*mutant
    };
    run_of(&first)
}

#[test]
fn a_value_does_not_change_whoever_tries() {
    let run = first_rotation_of("article-a");
    assert!(!objectors(&run).contains(&Objector::Oracle(OF_THE_EMULATOR)));
}

/// The test before this one, in a process whose emulator lets a value be overwritten, as moto does.
#[test]
fn a_value_that_changes_is_seen() {
    let own = std::env::current_exe().expect("a running test has a file");
    let again = std::process::Command::new(own)
        .args(["--exact", "a_value_does_not_change_whoever_tries"])
        .env(keywheel_emulator::defect::VARIABLE, "put-overwrites")
        .output()
        .expect("the file of a running test can be run");
    assert!(!again.status.success());
}

#[test]
fn the_canary_fails_at_its_rate() {
    let runs = 100;
    let failed = (0..runs).filter(|number| {
        let run = run(&fuzz::item(1, *number).scenario, &Canary);
        objectors(&run).contains(&Canary::CAUGHT_BY)
    });
    let share = failed.count() as f64 / f64::from(runs);
    assert!(Canary::RATE.contains(&share), "{share}");
}

#[test]
fn no_timeline_shows_a_key() {
    for mutant in ALL {
        let run = run_of(mutant);
        let told = format!(
            "{}{}",
            timeline::objections(&run).join("\n"),
            timeline::of(&run)
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

#[test]
fn the_smallest_scenario_of_a_mutant_has_no_line_that_comes_to_nothing() {
    let stop = AtomicBool::new(false);
    let budget = Budget {
        orders: 300,
        draws: 100,
        seed: 1,
    };
    // Three that are caught only where something is ordered.
    for name in ["no-adoption", "moves-blindly", "trusts-500"] {
        let mutant = ALL.iter().find(|mutant| mutant.subject.name() == name);
        let mutant = mutant.unwrap_or_else(|| panic!("there is no mutant {name}"));
        let found = hunt(mutant, &[scenario_of(mutant)], budget, &stop);
        let caught = found
            .caught()
            .unwrap_or_else(|| panic!("{name}: {found:?}"));
        let idle = run(&strict(&caught.minimal), mutant.subject).not_triggered;
        assert!(idle.is_empty(), "{name}: {idle:?}");
    }
    stop.store(true, Ordering::Relaxed);
    let open = hunt(&ALL[0], &[scenario_of(&ALL[0])], budget, &stop);
    assert!(matches!(open, Outcome::Unfinished), "{open:?}");
}

/// With every fault one that has to fire.
fn strict(scenario: &Scenario) -> Scenario {
    let mut strict = scenario.clone();
    for located in &mut strict.statements {
        if let Statement::Fault(rule) = &mut located.value {
            rule.is_optional = false;
        }
    }
    strict
}
