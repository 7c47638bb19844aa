//! Functions that run elsewhere: in Python and in Node, as processes and behind a URL, judged by the
//! same scenarios and oracles; bugs seeded in them are found; those that misbehave do no harm.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bootstrap;
mod forms;
mod issuer;
mod misbehaving;
mod mysql;
mod node;
mod postgres;
mod python;

use std::path::{Path, PathBuf};
use std::time::Duration;

use keywheel::record::timeline;
use keywheel::record::{Run, Verdict};
use keywheel::run::run;
use keywheel::scenario::{OracleId, Scenario};
use keywheel::subject::Subject;
use keywheel::subject::process::Process;
use keywheel::suite;

/// How long an invocation may take here.
const LIMIT: Duration = Duration::from_secs(25);

/// The top of the workspace.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A scenario by its suite and name, as in `password/rotates`.
fn scenario(name: &str) -> Scenario {
    let path = top().join(format!("scenarios/{name}.scenario"));
    suite::read_one(&path).unwrap()
}

/// All of a suite.
fn scenarios(suite: &str) -> Vec<Scenario> {
    suite::read(&[top().join("scenarios").join(suite)]).unwrap()
}

/// Runs a scenario, and fails unless it holds.
fn holds(scenario: &Scenario, subject: &dyn Subject) {
    let run = run(scenario, subject);
    assert_eq!(
        run.verdict(),
        Verdict::Passed,
        "{}: {:#?}\n{}",
        run.scenario.name,
        timeline::objections(&run),
        timeline::of(&run)
    );
}

/// A bug: what is replaced in the source by what, and the scenario and the oracle that find it.
struct Bug {
    name: &'static str,
    edits: &'static [(&'static str, &'static str)],
    scenario: &'static str,
    oracle: OracleId,
}

/// Seeds a bug in a copy of the function, and fails unless its oracle finds it.
fn is_found(bug: &Bug, source: &str, file: &str, command: impl Fn(&Path) -> String) {
    let mut text = source.to_owned();
    for (from, to) in bug.edits {
        assert_eq!(text.matches(from).count(), 1, "{}: {from:?}", bug.name);
        text = text.replace(from, to);
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(file);
    std::fs::write(&copy, text).unwrap();
    let run = run(
        &scenario(bug.scenario),
        &Process::new(&command(&copy), LIMIT),
    );
    assert!(
        run.is_violated_by(bug.oracle),
        "{} was not found by {}: {:#?}\n{}",
        bug.name,
        bug.oracle,
        timeline::objections(&run),
        timeline::of(&run)
    );
    assert_no_password(&run);
}

/// No report may show what a password is.
fn assert_no_password(run: &Run) {
    let told = format!("{}{:?}", timeline::of(run), timeline::objections(run));
    for (password, name) in run.names.keys() {
        assert!(!told.contains(password), "{name} is in the report");
    }
}

fn main() -> std::process::ExitCode {
    let tests = [
        bootstrap::tests(),
        forms::tests(),
        issuer::tests(),
        misbehaving::tests(),
        mysql::tests(),
        node::tests(),
        postgres::tests(),
        python::tests(),
    ];
    keywheel_clients::run(tests.into_iter().flatten())
}
