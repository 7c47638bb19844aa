//! The rules of the rotation service, one test for each sentence.

use std::collections::{BTreeMap, BTreeSet};

use crate::entropy::Entropy;
use crate::ids::{FunctionArn, InvocationNumber, Scope, StagingLabel, Step, VersionId};
use crate::state::secrets::deletion::DeletionRequest;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::guard::SecretMut;
use crate::state::secrets::rotation::{RotationKind, RotationOrigin, RotationStart};
use crate::state::secrets::schedule::{Frequency, RotationRules};
use crate::state::secrets::version::{RotationToken, SecretValue};
use crate::state::secrets::{NewSecret, SecretsSettings};
use crate::time::Timestamp;

use super::{
    Invocation, Partitions, PendingRemoval, RotationSettings, Rotations, StepFailure, StepResult,
};

const NOON: &str = "2026-11-22T12:00:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn v(name: &str) -> VersionId {
    VersionId::new(name)
}

/// A world with one secret `s` whose version `v1` is current.
struct Bench {
    rotations: Rotations,
    partitions: Partitions,
    settings: RotationSettings,
    entropy: Entropy,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            rotations: Rotations::default(),
            partitions: BTreeMap::from([(Scope::default(), Default::default())]),
            settings: RotationSettings::default(),
            entropy: Entropy::from_seed(1),
            now: at(NOON),
        };
        bench.create("s");
        bench
    }

    fn create(&mut self, name: &str) {
        let new = NewSecret {
            name: name.to_owned(),
            token: v("v1"),
            value: Some(SecretValue::text("one")),
            description: None,
            kms_key_id: None,
            tags: vec![],
        };
        let suffix = self.entropy.alphanumeric(6);
        let (scope, now) = (Scope::default(), self.now);
        let partition = self.partitions.get_mut(&scope).unwrap();
        let settings = SecretsSettings::default();
        let secrets = &mut partition.secrets;
        secrets.create(new, &scope, &suffix, settings, now).unwrap();
    }

    fn secret(&mut self) -> SecretMut<'_> {
        let scope = Scope::default();
        self.partitions
            .get_mut(&scope)
            .unwrap()
            .secrets
            .find_mut("s", &scope)
            .unwrap()
    }

    fn rotate(&mut self, token: &str, kind: RotationKind) -> Result<(), SecretsError> {
        let rules = RotationRules::new(Some(Frequency::Days(1)), None)?;
        let start = RotationStart {
            token: v(token),
            rotation_token: RotationToken::new("r"),
            function: FunctionArn::new("f"),
            rules: Some(rules),
            kind,
            origin: RotationOrigin::Call,
        };
        let (scope, now) = (Scope::default(), self.now);
        let partition = self.partitions.entry(scope.clone()).or_default();
        let mut secret = partition.secrets.find_mut("s", &scope)?;
        self.rotations.start(&mut secret, &scope, start, now)
    }

    fn full(&mut self, token: &str) -> Result<(), SecretsError> {
        self.rotate(token, RotationKind::Full)
    }

    fn poll(&mut self) -> Option<Invocation> {
        self.rotations.poll(&mut self.partitions, self.now)
    }

    fn finish(&mut self, number: InvocationNumber, result: StepResult) {
        let (partitions, settings) = (&mut self.partitions, &self.settings);
        self.rotations
            .finished(number, result, partitions, settings, self.now);
    }

    fn wait_until(&mut self, now: Timestamp) {
        self.now = now;
        self.rotations
            .handle_due(&mut self.partitions, &mut self.entropy, now);
    }

    fn put(&mut self, version: &str, labels: &[&str]) {
        let now = self.now;
        let named: BTreeSet<_> = labels.iter().map(StagingLabel::new).collect();
        let named = (!labels.is_empty()).then_some(named);
        let is_current = named
            .as_ref()
            .is_none_or(|it| it.contains(&StagingLabel::current()));
        self.secret()
            .put(&v(version), SecretValue::text(version), named, now)
            .unwrap();
        if is_current {
            let scope = Scope::default();
            let partition = self.partitions.get_mut(&scope).unwrap();
            let mut secret = partition.secrets.find_mut("s", &scope).unwrap();
            self.rotations
                .current_was_put(&mut secret, &v(version), &self.settings, now);
        }
    }

    fn move_current(&mut self, to: &str) {
        let now = self.now;
        let from = self.secret().labels().current().cloned();
        let current = StagingLabel::current();
        self.secret()
            .update_stage(&current, from.as_ref(), Some(&v(to)), now)
            .unwrap();
        let scope = Scope::default();
        let secrets = &mut self.partitions.get_mut(&scope).unwrap().secrets;
        let mut secret = secrets.find_mut("s", &scope).unwrap();
        self.rotations
            .current_was_moved(&mut secret, &v(to), &self.settings);
    }

    fn cancel(&mut self) {
        let now = self.now;
        self.secret().cancel_rotation(now).unwrap();
        let scope = Scope::default();
        let secrets = &mut self.partitions.get_mut(&scope).unwrap().secrets;
        let mut secret = secrets.find_mut("s", &scope).unwrap();
        self.rotations.was_cancelled(&mut secret, now);
    }

    fn delete(&mut self, force: bool) {
        let request = DeletionRequest::new(None, force).unwrap();
        let (scope, now) = (Scope::default(), self.now);
        let secrets = &mut self.partitions.get_mut(&scope).unwrap().secrets;
        secrets
            .delete("s", request, &scope, "XyZ012", Default::default(), now)
            .unwrap();
    }

    /// Does what a good function does in a step.
    fn work(&mut self, invocation: &Invocation) {
        let token = invocation.token.to_string();
        match invocation.step {
            Step::CreateSecret => self.put(&token, &["AWSPENDING"]),
            Step::FinishSecret => self.move_current(&token),
            Step::SetSecret | Step::TestSecret => {}
        }
    }

    /// Runs steps well until `last` is handed out, which is left running.
    fn run_to(&mut self, last: Step) -> Invocation {
        loop {
            let invocation = self.poll().unwrap();
            if invocation.step == last {
                return invocation;
            }
            self.work(&invocation);
            self.finish(invocation.number, Ok(()));
        }
    }

    /// Runs everything that is ready, well, and tells the steps.
    fn run(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(invocation) = self.poll() {
            steps.push(invocation.step);
            self.work(&invocation);
            self.finish(invocation.number, Ok(()));
        }
        steps
    }

    fn labels(&mut self) -> String {
        crate::state::secrets::tests::shown(&self.secret())
    }

    fn events(&mut self) -> Vec<&'static str> {
        self.rotations
            .take_events()
            .iter()
            .map(|event| event.what.name())
            .collect()
    }
}

fn failure() -> StepResult {
    Err(StepFailure {
        error_type: "ValueError".to_owned(),
        message: "no".to_owned(),
    })
}

#[test]
fn the_four_steps_run_in_order_with_one_token_and_the_full_arn() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    assert_eq!(bench.labels(), "v1=AWSCURRENT v2=AWSPENDING");
    let arn = bench.secret().arn.clone();
    let mut seen = Vec::new();
    while let Some(invocation) = bench.poll() {
        assert_eq!(bench.poll(), None, "one step at a time");
        assert_eq!((&invocation.secret, &invocation.token), (&arn, &v("v2")));
        seen.push((invocation.number.0, invocation.step));
        bench.work(&invocation);
        bench.finish(invocation.number, Ok(()));
    }
    assert_eq!(
        seen,
        [1, 2, 3, 4].into_iter().zip(Step::ALL).collect::<Vec<_>>()
    );
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT");
    assert_eq!(bench.events(), ["RotationStarted", "RotationSucceeded"]);
}

#[test]
fn success_sets_the_dates() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let rotation = bench.secret().rotation().unwrap().clone();
    assert!(rotation.is_enabled() && rotation.last_rotated().is_none());
    bench.now = at("2026-11-23T01:00:00Z");
    bench.run();
    let rotation = bench.secret().rotation().unwrap().clone();
    assert_eq!(rotation.last_rotated(), Some(at("2026-11-23T01:00:00Z")));
    assert_eq!(rotation.next_rotation(), Some(at("2026-11-24T23:59:59Z")));
}

#[test]
fn a_failing_step_ends_the_attempt_and_pending_stays() {
    for (failing, stored) in [(Step::CreateSecret, false), (Step::TestSecret, true)] {
        let mut bench = Bench::new();
        bench.full("v2").unwrap();
        let invocation = bench.run_to(failing);
        bench.finish(invocation.number, failure());
        assert_eq!(bench.poll(), None);
        assert_eq!(bench.labels(), "v1=AWSCURRENT v2=AWSPENDING");
        assert_eq!(
            bench.secret().version(&v("v2")).unwrap().value.is_some(),
            stored
        );
        let rotation = bench.secret().rotation().unwrap().clone();
        assert!(rotation.is_enabled() && rotation.last_rotated().is_none());
        assert_eq!(
            bench.full("v3"),
            Err(SecretsError::PreviousRotationUnfinished)
        );
    }
}

#[test]
fn the_event_of_a_failure_names_function_and_step_but_not_what_the_function_said() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::SetSecret);
    bench.finish(invocation.number, failure());
    let events = bench.rotations.take_events();
    let message = events.last().unwrap().what.message().unwrap();
    assert_eq!(
        message,
        "Error when executing lambda f during setSecret step"
    );
}

#[test]
fn retries_repeat_the_whole_process_with_the_same_token() {
    let mut bench = Bench::new();
    bench.settings = RotationSettings {
        retries: 2,
        retry_after_ms: 1000,
        ..Default::default()
    };
    bench.full("v2").unwrap();
    for attempt in 1..=3_i64 {
        let invocation = bench.run_to(Step::TestSecret);
        assert_eq!(invocation.token, v("v2"));
        bench.finish(invocation.number, failure());
        assert_eq!(
            bench.poll(),
            None,
            "attempt {attempt}: nothing runs before the retry is due"
        );
        let due = bench.now.plus_millis(1000);
        let expected = (attempt < 3).then_some((due, "a failed rotation is tried again"));
        let window = (at("2026-11-23T00:00:00Z"), "a rotation window opens");
        assert_eq!(
            bench.rotations.next_due(&bench.partitions),
            expected.or(Some(window))
        );
        bench.wait_until(due);
    }
    assert_eq!(bench.poll(), None);
}

#[test]
fn a_retry_can_finish_the_rotation() {
    let mut bench = Bench::new();
    bench.settings.retries = 1;
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::FinishSecret);
    bench.move_current("v2");
    bench.finish(invocation.number, failure());
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING");
    bench.wait_until(bench.now.plus_millis(bench.settings.retry_after_ms));
    assert_eq!(bench.run(), Step::ALL);
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT");
}

#[test]
fn a_retry_whose_version_lost_its_label_does_not_begin() {
    let mut bench = Bench::new();
    bench.settings.retries = 1;
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::CreateSecret);
    bench.finish(invocation.number, failure());
    let now = bench.now;
    bench
        .secret()
        .update_stage(&StagingLabel::pending(), Some(&v("v2")), None, now)
        .unwrap();
    bench.wait_until(now.plus_millis(bench.settings.retry_after_ms));
    assert_eq!(bench.poll(), None);
    assert_eq!(
        bench.events(),
        ["RotationStarted", "RotationFailed", "RotationAbandoned"]
    );
    assert!(bench.full("v3").is_ok());
}

#[test]
fn finish_secret_without_moving_current_is_no_success() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::FinishSecret);
    bench.finish(invocation.number, Ok(()));
    assert_eq!(bench.labels(), "v1=AWSCURRENT v2=AWSPENDING");
    assert_eq!(bench.events(), ["RotationStarted", "RotationFailed"]);
    assert_eq!(
        bench.full("v3"),
        Err(SecretsError::PreviousRotationUnfinished)
    );
}

#[test]
fn a_function_may_remove_pending_itself_after_moving_current() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::FinishSecret);
    bench.move_current("v2");
    bench.secret().drop_pending(&v("v2"));
    bench.finish(invocation.number, Ok(()));
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT");
    assert_eq!(bench.events(), ["RotationStarted", "RotationSucceeded"]);
}

#[test]
fn pending_leaves_at_the_end_or_with_the_move_as_the_settings_say() {
    for (removal, during) in [
        (
            PendingRemoval::AtEnd,
            "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING",
        ),
        (PendingRemoval::InStageMove, "v1=AWSPREVIOUS v2=AWSCURRENT"),
    ] {
        let mut bench = Bench::new();
        bench.settings.pending_removal = removal;
        bench.full("v2").unwrap();
        let invocation = bench.run_to(Step::FinishSecret);
        bench.move_current("v2");
        assert_eq!(bench.labels(), during);
        bench.finish(invocation.number, Ok(()));
        assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT");
    }
}

#[test]
fn a_put_of_another_current_version_abandons_the_rotation() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::SetSecret);
    bench.put("v3", &[]);
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2= v3=AWSCURRENT");
    bench.finish(invocation.number, Ok(()));
    assert_eq!(
        bench.poll(),
        None,
        "it stops after the step that was running"
    );
    assert_eq!(bench.events(), ["RotationStarted", "RotationAbandoned"]);
}

#[test]
fn as_many_more_steps_of_an_abandoned_rotation_are_run_as_the_setting_says() {
    for (steps, run) in [
        (0, vec![]),
        (1, vec![Step::TestSecret]),
        (9, vec![Step::TestSecret, Step::FinishSecret]),
    ] {
        let mut bench = Bench::new();
        bench.settings.steps_after_abandonment = steps;
        bench.full("v2").unwrap();
        let invocation = bench.run_to(Step::SetSecret);
        bench.put("v3", &[]);
        bench.finish(invocation.number, Ok(()));
        let mut after = Vec::new();
        while let Some(invocation) = bench.poll() {
            after.push(invocation.step);
            bench.finish(invocation.number, Ok(()));
        }
        assert_eq!(after, run);
        assert_eq!(
            bench.events(),
            ["RotationStarted", "RotationAbandoned"],
            "nobody judges it"
        );
        bench.full("v4").unwrap();
    }
}

#[test]
fn an_abandoned_rotation_ends_with_the_first_step_that_fails() {
    let mut bench = Bench::new();
    bench.settings.steps_after_abandonment = 9;
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::CreateSecret);
    bench.put("v3", &[]);
    bench.finish(invocation.number, failure());
    assert_eq!(bench.poll(), None);
}

#[test]
fn a_put_without_labels_under_the_rotations_own_token_goes_live_at_once() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::CreateSecret);
    bench.put("v2", &[]);
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v2=AWSCURRENT");
    bench.finish(invocation.number, Ok(()));
    assert_eq!(bench.poll().unwrap().step, Step::SetSecret);
}

#[test]
fn cancelling_ends_the_rotation_and_leaves_pending() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::SetSecret);
    bench.cancel();
    bench.finish(invocation.number, Ok(()));
    assert_eq!(bench.poll(), None);
    assert_eq!(bench.labels(), "v1=AWSCURRENT v2=AWSPENDING");
    assert_eq!(bench.rotations.next_due(&bench.partitions), None);
    assert_eq!(
        bench.full("v3"),
        Err(SecretsError::PreviousRotationUnfinished)
    );
}

#[test]
fn a_deleted_secret_ends_its_rotation_even_if_the_name_is_taken_again() {
    for force in [true, false] {
        let mut bench = Bench::new();
        bench.full("v2").unwrap();
        let invocation = bench.run_to(Step::SetSecret);
        bench.delete(force);
        if force {
            bench.create("s");
        }
        bench.finish(invocation.number, Ok(()));
        assert_eq!(bench.poll(), None);
        assert_eq!(bench.events(), ["RotationStarted", "RotationFailed"]);
    }
}

#[test]
fn a_test_run_runs_test_secret_only_against_a_copy_that_goes_afterwards() {
    for result in [Ok(()), failure()] {
        let ended = if result.is_ok() {
            "TestRotationSucceeded"
        } else {
            "TestRotationFailed"
        };
        let mut bench = Bench::new();
        bench.rotate("v2", RotationKind::TestOnly).unwrap();
        let invocation = bench.poll().unwrap();
        assert_eq!(invocation.step, Step::TestSecret);
        assert_eq!(bench.labels(), "v1=AWSCURRENT v2=AWSPENDING");
        bench.finish(invocation.number, result);
        assert_eq!(bench.poll(), None);
        assert_eq!(bench.labels(), "v1=AWSCURRENT");
        let rotation = bench.secret().rotation().unwrap().clone();
        assert!(rotation.last_rotated().is_none() && rotation.next_rotation().is_some());
        assert_eq!(bench.events(), ["TestRotationStarted", ended]);
    }
}

#[test]
fn the_copy_of_a_test_run_goes_when_it_is_abandoned_or_cancelled() {
    let mut bench = Bench::new();
    bench.rotate("v2", RotationKind::TestOnly).unwrap();
    bench.put("v3", &[]);
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v3=AWSCURRENT");
    bench.rotate("v4", RotationKind::TestOnly).unwrap();
    bench.cancel();
    assert_eq!(bench.labels(), "v1=AWSPREVIOUS v3=AWSCURRENT");
}

#[test]
fn the_service_rotates_when_the_window_opens_under_a_token_of_its_own() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    bench.run();
    let due = at("2026-11-23T00:00:00Z");
    assert_eq!(
        bench.rotations.next_due(&bench.partitions),
        Some((due, "a rotation window opens"))
    );
    bench.wait_until(due.plus_millis(-1));
    assert_eq!(bench.poll(), None);
    bench.wait_until(due);
    assert_eq!(bench.run(), Step::ALL);
    let current = bench.secret().labels().current().unwrap().to_string();
    assert_eq!(current.len(), 36);
    assert_eq!(
        bench.secret().rotation().unwrap().next_rotation(),
        Some(at("2026-11-24T23:59:59Z"))
    );
}

#[test]
fn missed_windows_are_made_good_once() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    bench.run();
    bench.wait_until(at("2026-12-24T08:00:00Z"));
    assert_eq!(bench.run(), Step::ALL);
    assert_eq!(
        bench.rotations.next_due(&bench.partitions).unwrap().0,
        at("2026-12-25T00:00:00Z")
    );
}

#[test]
fn an_unfinished_rotation_lets_windows_pass_and_the_announced_date_grows_old() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::CreateSecret);
    bench.finish(invocation.number, failure());
    bench.wait_until(at("2026-11-25T00:00:00Z"));
    assert_eq!(bench.poll(), None);
    let rotation = bench.secret().rotation().unwrap().clone();
    assert_eq!(rotation.next_rotation(), Some(at("2026-11-23T23:59:59Z")));
    assert_eq!(rotation.due(), Some(at("2026-11-26T00:00:00Z")));
}

#[test]
fn a_window_passes_while_a_run_is_in_progress_even_without_pending() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    let invocation = bench.run_to(Step::SetSecret);
    bench.secret().drop_pending(&v("v2"));
    bench.wait_until(at("2026-11-23T00:00:00Z"));
    assert_eq!(bench.poll(), None);
    bench.finish(invocation.number, failure());
    bench.wait_until(at("2026-11-24T00:00:00Z"));
    assert_eq!(bench.run(), Step::ALL);
}

#[test]
fn a_value_written_by_hand_counts_as_a_rotation_for_the_schedule() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    bench.run();
    bench.now = at("2026-11-22T23:00:00Z");
    bench.put("v3", &[]);
    assert_eq!(
        bench.rotations.next_due(&bench.partitions).unwrap().0,
        at("2026-11-23T00:00:00Z")
    );
    bench.now = at("2026-11-23T00:00:00Z");
    bench.put("v4", &[]);
    assert_eq!(
        bench.rotations.next_due(&bench.partitions).unwrap().0,
        at("2026-11-24T00:00:00Z")
    );
}

#[test]
fn a_secret_that_is_scheduled_for_deletion_does_not_rotate() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    bench.run();
    bench.delete(false);
    assert_eq!(bench.rotations.next_due(&bench.partitions), None);
    bench.wait_until(at("2026-11-23T00:00:00Z"));
    assert_eq!(bench.poll(), None);
}

#[test]
fn an_unknown_invocation_is_of_no_consequence() {
    let mut bench = Bench::new();
    bench.full("v2").unwrap();
    bench.finish(InvocationNumber(7), Ok(()));
    assert_eq!(bench.poll().unwrap().step, Step::CreateSecret);
}

/// What is called in a row of the state table.
enum Call {
    Rotate,
    Cancel,
    Put(&'static str, &'static [&'static str]),
    MoveCurrent(&'static str),
    RemovePending(&'static str),
}

/// Every row: labels before, the call, labels after or the refusal.
#[test]
fn the_state_table_holds() {
    use Call::{Cancel, MoveCurrent, Put, RemovePending, Rotate};
    const EMPTY: &str = "v1=AWSCURRENT v2=AWSPENDING";
    for (before, call, after) in [
        ("v1=AWSCURRENT", Rotate, Ok("v1=AWSCURRENT v9=AWSPENDING")),
        (
            "v1=AWSCURRENT,AWSPENDING",
            Rotate,
            Ok("v1=AWSCURRENT v9=AWSPENDING"),
        ),
        (EMPTY, Rotate, Err(SecretsError::PreviousRotationUnfinished)),
        (EMPTY, Cancel, Ok("v1=AWSCURRENT v2=AWSPENDING")),
        (
            EMPTY,
            Put("v3", &[]),
            Ok("v1=AWSPREVIOUS v2= v3=AWSCURRENT"),
        ),
        (
            "v1=AWSCURRENT,AWSPENDING",
            Put("v3", &[]),
            Ok("v1=AWSPREVIOUS v3=AWSCURRENT"),
        ),
        (
            EMPTY,
            Put("v3", &["AWSPENDING"]),
            Ok("v1=AWSCURRENT v2= v3=AWSPENDING"),
        ),
        (
            EMPTY,
            MoveCurrent("v2"),
            Ok("v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING"),
        ),
        (EMPTY, RemovePending("v2"), Ok("v1=AWSCURRENT v2=")),
    ] {
        let mut bench = Bench::new();
        bench.arrange(before);
        let got = match call {
            Rotate => bench.full("v9"),
            Cancel => {
                bench.cancel();
                assert_eq!(
                    bench.full("v9"),
                    Err(SecretsError::PreviousRotationUnfinished)
                );
                Ok(())
            }
            Put(version, labels) => {
                bench.put(version, labels);
                Ok(())
            }
            MoveCurrent(to) => {
                bench.move_current(to);
                Ok(())
            }
            RemovePending(from) => {
                let now = bench.now;
                let pending = StagingLabel::pending();
                bench
                    .secret()
                    .update_stage(&pending, Some(&v(from)), None, now)
            }
        };
        assert_eq!(got, after.clone().map(|_| ()), "{before}");
        assert_eq!(bench.labels(), after.unwrap_or(before), "{before}");
    }
}

impl Bench {
    /// Puts the labels of a row of the table, with rotation configured and nothing running.
    fn arrange(&mut self, labels: &str) {
        self.rotate("test-run", RotationKind::TestOnly).unwrap();
        let invocation = self.poll().unwrap();
        self.finish(invocation.number, Ok(()));
        for word in labels.split_whitespace() {
            let (version, names) = word.split_once('=').unwrap();
            if version != "v1" {
                self.put(version, &names.split(',').collect::<Vec<_>>());
            } else if names.contains("AWSPENDING") {
                let now = self.now;
                let pending = StagingLabel::pending();
                self.secret()
                    .update_stage(&pending, None, Some(&v("v1")), now)
                    .unwrap();
            }
        }
        assert_eq!(self.labels(), labels);
    }
}
