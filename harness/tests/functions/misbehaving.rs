//! Functions that never answer, flood, cannot start or kill their parent.

use std::time::Duration;

use keywheel::record::timeline;
use keywheel::record::{Run, Verdict};
use keywheel::run::run;
use keywheel::subject::process::Process;
use keywheel_clients::{Test, tests};

use crate::{LIMIT, scenario};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] one_that_never_answers_runs_out_of_time,
        [] one_that_prints_gigabytes_is_ended_for_that,
        [] one_that_prints_a_line_without_end_is_ended_for_that,
        [] one_that_kills_its_parents_process_group_kills_nobody_else,
        [] one_that_kills_its_parent_ends_itself,
        [] one_that_is_not_there_is_told,
    ]
}

fn told(run: &Run) -> String {
    let objections = timeline::objections(run).join("\n");
    format!("{objections}\n{}", timeline::of(run))
}

/// A rotation by this command, with a second for each invocation.
fn rotation_by(command: &str) -> Run {
    let mut scenario = scenario("password/answer-lost");
    scenario.world.retries = 1;
    run(&scenario, &Process::new(command, Duration::from_secs(1)))
}

fn one_that_never_answers_runs_out_of_time() {
    let run = rotation_by("sleep 1000");
    assert_eq!(run.verdict(), Verdict::Violated);
    let told = told(&run);
    assert!(
        told.contains("in-time: createSecret had not answered by its deadline"),
        "{told}"
    );
}

/// With time enough to print more than is read, on a busy machine too.
fn flood_by(command: &str) {
    let mut scenario = scenario("password/answer-lost");
    scenario.world.retries = 1;
    let run = run(&scenario, &Process::new(command, LIMIT));
    let told = told(&run);
    assert!(told.contains("printed more than 16 MiB"), "{told}");
    assert!(!told.contains("deadline"), "{told}");
    assert_eq!(run.verdict(), Verdict::DidNotRecover, "{told}");
}

fn one_that_prints_gigabytes_is_ended_for_that() {
    flood_by("yes 'a line that says nothing, over and over again, for ever and ever'");
}

fn one_that_prints_a_line_without_end_is_ended_for_that() {
    flood_by("yes | tr -d '\\n'");
}

/// It kills what it must not, and only itself is ended by it.
fn kill_by(kill: &str) {
    let run = rotation_by(&format!("sh -c '{kill}; sleep 1000'"));
    assert_eq!(run.verdict(), Verdict::DidNotRecover);
    let told = told(&run);
    assert!(
        told.contains("Runtime exited with error: signal: killed"),
        "{told}"
    );
}

fn one_that_kills_its_parents_process_group_kills_nobody_else() {
    kill_by("kill -9 -$PPID");
}

fn one_that_kills_its_parent_ends_itself() {
    kill_by("kill -9 $PPID");
}

fn one_that_is_not_there_is_told() {
    let run = rotation_by("no-such-program-as-this");
    let told = told(&run);
    assert!(
        told.contains("Runtime exited with error: exit status 127"),
        "{told}"
    );
    assert!(
        told.contains("not found"),
        "its own words are shown: {told}"
    );
}
