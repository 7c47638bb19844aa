//! The same seed gives the same bytes: every header, signature, time and body of a run.

use std::path::PathBuf;

use keywheel::run::run_with;
use keywheel::scenario::Scenario;
use keywheel::subject::builtin::Builtin;
use keywheel::suite;

/// Scenarios that retry, race, wait and die.
const BUSY: [&str; 5] = [
    "crash/c2-after",
    "double/d2-create-at-once",
    "throttle/t2-every-second-call",
    "lost/l2-create-every-time",
    "happy/h5-a-year",
];

fn scenario(name: &str) -> Scenario {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let file = folder.join(name).with_extension("scenario");
    suite::read_one(&file).unwrap_or_else(|error| panic!("{error}"))
}

fn raw(scenario: &Scenario, is_tracing: bool) -> String {
    run_with(scenario, &Builtin, is_tracing).raw()
}

/// The first line that differs, since the whole traces are long.
fn first_difference(one: &str, other: &str) -> Option<String> {
    let mut lines = one.lines().zip(other.lines()).enumerate();
    let differing = lines.find(|(_, (a, b))| a != b);
    let told = differing.map(|(at, (a, b))| format!("line {at}:\n  {a}\n  {b}"));
    told.or_else(|| (one.len() != other.len()).then(|| "one is longer".to_owned()))
}

fn assert_same(what: &str, name: &str, one: &str, other: &str) {
    let difference = first_difference(one, other);
    assert!(
        difference.is_none(),
        "{name}, {what}: {}",
        difference.unwrap_or_default()
    );
}

#[test]
fn a_run_is_the_same_again_on_another_thread_and_with_tracing_on() {
    for name in BUSY {
        let scenario = scenario(name);
        let first = raw(&scenario, false);
        assert!(first.len() > 10_000, "{name} has something to compare");
        assert_same("run again", name, &first, &raw(&scenario, false));
        let elsewhere = std::thread::scope(|scope| {
            let run = scope.spawn(|| raw(&scenario, false));
            run.join().expect("the run does not panic")
        });
        assert_same("on another thread", name, &first, &elsewhere);
        assert_same("with tracing on", name, &first, &raw(&scenario, true));
    }
}

#[test]
fn the_hundredth_run_is_the_first_again() {
    let scenario = scenario("lost/l2-create-every-time");
    let first = raw(&scenario, false);
    for _ in 0..100 {
        raw(&scenario, false);
    }
    assert_same("run 101", &scenario.name, &first, &raw(&scenario, false));
}

#[test]
fn another_seed_gives_another_run() {
    let mut scenario = scenario("crash/c2-after");
    let first = raw(&scenario, false);
    scenario.seed += 1;
    assert_ne!(first, raw(&scenario, false));
}

/// A rotation, with something done before one of its calls.
fn rotation_with(before: &str) -> String {
    let text = format!("keywheel scenario 1\n{before}\nrotate\n");
    let scenario = suite::read_text("restarted", &text).unwrap_or_else(|error| panic!("{error}"));
    raw(&scenario, false)
}

/// The emulator goes on with what it has saved: its ids, its rotation, its journal.
#[test]
fn a_restart_of_the_emulator_before_any_call_changes_no_byte() {
    // A call that never comes: the statement is there, and nothing happens.
    let through = rotation_with("at call:999 admin restart-emulator");
    let calls = through.matches(" = 200 ").count();
    assert!(calls > 30, "{calls}");
    let is_of_restart = |line: &&str| line.contains("RestartEmulator");
    for number in 1..=20 {
        let restarted = rotation_with(&format!("at call:{number} admin restart-emulator"));
        let noted = restarted.lines().filter(is_of_restart).count();
        assert_eq!(noted, 1, "the restart");
        let rest: String = restarted
            .lines()
            .filter(|line| !is_of_restart(line))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_same(&format!("at call {number}"), "a restart", &through, &rest);
    }
}
