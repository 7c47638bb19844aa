//! Random faults, doubled steps and people, over the same world and the same oracles.

use keywheel::explore::generate::scenarios;
use keywheel::mutants;
use keywheel::record::Run;
use keywheel::record::timeline;
use keywheel::run::run;
use keywheel::scenario::{Choice as _, OracleId, Scenario, print};
use keywheel::subject::Subject;
use keywheel::subject::builtin::Builtin;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRunner};

/// Some ten seconds in a test build.
const CASES: u32 = 300;

fn runner(seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 2_000,
        ..Config::default()
    })
}

/// These oracles' objections. What a generated scenario expects of its rotations means nothing.
fn objections(run: &Run, oracles: &[OracleId]) -> Vec<String> {
    let violations = run.violations();
    let own = violations.filter(|violation| oracles.contains(&violation.oracle()));
    own.map(|violation| run.describe(violation)).collect()
}

/// The shrunk scenario to which one of these oracles objects, and why; none if all hold.
fn first_failure(
    subject: &dyn Subject,
    oracles: &[OracleId],
    seed: u64,
) -> Option<(Scenario, String)> {
    let judged = runner(seed).run(&scenarios(), |scenario| {
        let objections = objections(&run(&scenario, subject), oracles);
        if objections.is_empty() {
            Ok(())
        } else {
            Err(TestCaseError::fail(objections.join("\n")))
        }
    });
    match judged {
        Ok(()) => None,
        Err(TestError::Fail(reason, scenario)) => Some((scenario, reason.to_string())),
        Err(TestError::Abort(reason)) => panic!("the generator gave up: {reason}"),
    }
}

#[test]
fn the_builtin_rotator_holds_whatever_goes_wrong() {
    if let Some((scenario, reason)) = first_failure(&Builtin, OracleId::VALUES, 1) {
        let told = timeline::of(&run(&scenario, &Builtin));
        panic!("{reason}\n\n{}\n{told}", print(&scenario));
    }
}

#[test]
fn a_seed_draws_the_same_failure_and_shrinks_it_the_same_way() {
    let mutant = mutants::ALL
        .iter()
        .find(|mutant| mutant.subject.name() == "no-adoption");
    let subject = mutant.expect("the mutant is in the gallery").subject;
    let (scenario, reason) = first_failure(subject, &[OracleId::BoundedKeys], 7)
        .expect("a key is leaked sooner or later");
    let again = first_failure(subject, &[OracleId::BoundedKeys], 7).expect("it was found before");
    assert_eq!((print(&scenario), &reason), (print(&again.0), &again.1));
    assert!(reason.contains("bounded-keys"), "{reason}");
    let orders = scenario.statements.len();
    assert!(
        orders <= 3,
        "{orders} statements are left:\n{}",
        print(&scenario)
    );
}

#[test]
fn a_generated_scenario_can_be_written_down_and_read_again() {
    let print_and_parse = |scenario: Scenario| {
        let text = print(&scenario);
        let parsed = keywheel::scenario::parse("generated", &text, &Default::default());
        let parsed = parsed.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        assert_eq!(parsed.statements, scenario.statements, "{text}");
        Ok(())
    };
    runner(3).run(&scenarios(), print_and_parse).unwrap();
}
