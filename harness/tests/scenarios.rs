//! Every scenario under `scenarios/` holds for the builtin rotator.

use std::path::PathBuf;

use keywheel::record::Verdict;
use keywheel::record::timeline;
use keywheel::run::run;
use keywheel::scenario::Holds;
use keywheel::subject::builtin::Builtin;
use keywheel::suite;

fn all() -> Vec<keywheel::scenario::Scenario> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    suite::read(&[folder]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_builtin_rotator_holds_in_every_scenario() {
    let mut failed = Vec::new();
    for scenario in all() {
        if scenario.needs.is_some() || scenario.world.holds == Holds::Password {
            continue;
        }
        let run = run(&scenario, &Builtin);
        if run.verdict() != Verdict::Passed {
            let objections = timeline::objections(&run).join("\n  ");
            println!("{}\n  {objections}", run.scenario.name);
            if std::env::var_os("KEYWHEEL_TIMELINE").is_some() {
                println!("{}", timeline::of(&run));
            }
            failed.push(run.scenario.name);
        }
    }
    assert!(
        failed.is_empty(),
        "{} scenarios do not hold: {failed:?}",
        failed.len()
    );
}
