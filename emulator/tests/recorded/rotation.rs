//! Recordings that show a rotation from inside, dates, or bytes.

use keywheel_clients::{Test, tests};
use keywheel_emulator::ids::Step;
use keywheel_emulator::invoke::RotationEvent;
use keywheel_emulator::time::Timestamp;
use serde_json::{Value, json};

use super::answer::Answer;
use super::stage::{FUNCTION, Stage};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] inside_create_secret_the_placeholder_has_no_value_and_is_not_listed,
        [] in_finish_secret_the_new_value_is_pending_and_afterwards_it_is_current,
        [] a_function_that_removes_pending_itself_ends_with_the_same_labels,
        [] a_test_run_sees_a_copy_of_the_current_value,
        [] an_unfinished_rotation_blocks_the_next,
        [] the_next_rotation_is_counted_from_the_last_value_written_by_hand,
        [] a_name_is_held_for_a_while_after_a_forced_deletion,
        [] the_last_changed_date_moves_even_if_the_value_does_not,
        [] a_value_has_the_recorded_layout,
    ]
}

const TOKEN: &str = "22222222-2222-4222-8222-222222222222";

/// The version of a new secret.
const FIRST: &str = "11111111-1111-4111-8111-111111111111";

/// A stage with a secret `s` whose value is `old`.
fn stage() -> Stage {
    let mut stage = Stage::open();
    let new = json!({"Name": "s", "SecretString": "old", "ClientRequestToken": FIRST});
    stage.must("CreateSecret", new);
    stage
}

fn rotate_secret(stage: &mut Stage, member: &str, value: Value) {
    let mut request =
        json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "ClientRequestToken": TOKEN});
    request[member] = value;
    stage.must("RotateSecret", request);
}

fn stages_of(stage: &mut Stage, version: &str) -> Value {
    let described = stage.must("DescribeSecret", json!({"SecretId": "s"}));
    described["VersionIdsToStages"][version].clone()
}

/// moto/rotate_createSecret_step, user/placeholder
fn inside_create_secret_the_placeholder_has_no_value_and_is_not_listed() {
    let mut stage = stage();
    rotate_secret(&mut stage, "RotateImmediately", json!(true));
    let mut seen = 0;
    stage.rotate_with(|stage, event| {
        if event.step == Step::CreateSecret {
            seen += 1;
            let id = &event.secret_id;
            for request in [
                json!({"SecretId": id, "VersionId": TOKEN}),
                json!({"SecretId": id, "VersionStage": "AWSPENDING"}),
                json!({"SecretId": id, "VersionId": TOKEN, "VersionStage": "AWSPENDING"}),
            ] {
                let answer = stage.call("GetSecretValue", request);
                assert_eq!(answer.error_code(), Some("ResourceNotFoundException"));
            }
            let listed = stage.must("ListSecretVersionIds", json!({"SecretId": id}));
            assert_eq!(
                listed["Versions"][0]["VersionStages"],
                json!(["AWSCURRENT"])
            );
            assert_eq!(listed["Versions"].as_array().map(Vec::len), Some(1));
            assert_eq!(stages_of(stage, TOKEN), json!(["AWSPENDING"]));
        }
        stage.step(event);
    });
    assert_eq!(seen, 1);
}

/// moto/rotate_finishSecret_step, moto/rotate_done
fn in_finish_secret_the_new_value_is_pending_and_afterwards_it_is_current() {
    let mut stage = stage();
    rotate_secret(&mut stage, "RotateImmediately", json!(true));
    stage.rotate_with(|stage, event| {
        if event.step == Step::FinishSecret {
            let pending = json!({"SecretId": "s", "VersionStage": "AWSPENDING"});
            let pending = stage.must("GetSecretValue", pending);
            assert_eq!(pending["SecretString"], format!("value of {TOKEN}"));
            assert_eq!(pending["VersionStages"], json!(["AWSPENDING"]));
        }
        stage.step(event);
    });
    assert_eq!(stages_of(&mut stage, TOKEN), json!(["AWSCURRENT"]));
    assert_eq!(stages_of(&mut stage, FIRST), json!(["AWSPREVIOUS"]));
}

/// ls-assert/rotated_labels: the function of that recording takes AWSPENDING off itself.
fn a_function_that_removes_pending_itself_ends_with_the_same_labels() {
    let mut stage = stage();
    rotate_secret(&mut stage, "RotateImmediately", json!(true));
    stage.rotate_with(|stage: &mut Stage, event: &RotationEvent| {
        stage.step(event);
        if event.step == Step::FinishSecret {
            let removed = json!({
                "SecretId": "s", "VersionStage": "AWSPENDING", "RemoveFromVersionId": TOKEN,
            });
            stage.must("UpdateSecretVersionStage", removed);
        }
    });
    assert_eq!(stages_of(&mut stage, TOKEN), json!(["AWSCURRENT"]));
    let described = stage.must("DescribeSecret", json!({"SecretId": "s"}));
    assert!(described["LastRotatedDate"].is_number());
}

/// moto/rotate_not_immediately
fn a_test_run_sees_a_copy_of_the_current_value() {
    let mut stage = stage();
    rotate_secret(&mut stage, "RotateImmediately", json!(false));
    let mut steps = Vec::new();
    stage.rotate_with(|stage, event| {
        steps.push(event.step);
        let pending = json!({"SecretId": "s", "VersionStage": "AWSPENDING"});
        let pending = stage.must("GetSecretValue", pending);
        assert_eq!(pending["SecretString"], "old");
        assert_eq!(pending["VersionId"], TOKEN);
    });
    assert_eq!(steps, [Step::TestSecret]);
    let current = stage.must("GetSecretValue", json!({"SecretId": "s"}));
    assert_eq!(
        (&current["SecretString"], &current["VersionId"]),
        (&json!("old"), &json!(FIRST))
    );
    assert_eq!(stages_of(&mut stage, TOKEN), Value::Null);
}

/// user/pending_rotation
fn an_unfinished_rotation_blocks_the_next() {
    let mut stage = stage();
    rotate_secret(&mut stage, "RotateImmediately", json!(true));
    stage.fail_step();
    let answer = stage.call("RotateSecret", json!({"SecretId": "s"}));
    assert_eq!(answer.error_code(), Some("InvalidRequestException"));
    let text = "A previous rotation isn't complete. That rotation will be reattempted.";
    assert_eq!(answer.message(), Some(text));
}

/// user/next_rotation: rotated on 02-02, written by hand on 02-03, a failed rotation since.
fn the_next_rotation_is_counted_from_the_last_value_written_by_hand() {
    let mut stage = stage();
    stage.set_clock("2026-02-02T17:16:00Z");
    stage.must(
        "TagResource",
        json!({"SecretId": "s", "Tags": [{"Key": "a", "Value": "b"}]}),
    );
    stage.must("UntagResource", json!({"SecretId": "s", "TagKeys": ["a"]}));
    rotate_secret(
        &mut stage,
        "RotationRules",
        json!({"AutomaticallyAfterDays": 30}),
    );
    stage.rotate();
    stage.set_clock("2026-02-03T08:00:00Z");
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "by hand"}),
    );
    let pending = json!({
        "SecretId": "s", "SecretString": "left behind", "VersionStages": ["AWSPENDING"],
    });
    stage.must("PutSecretValue", pending);
    let described = stage.must("DescribeSecret", json!({"SecretId": "s"}));
    let next = Timestamp::parse("2026-03-05T23:59:59Z").unwrap();
    assert_eq!(described["NextRotationDate"], json!(next.as_seconds_f64()));
    let last = described["LastRotatedDate"].as_f64().unwrap();
    let day = Timestamp::parse("2026-02-02T00:00:00Z")
        .unwrap()
        .as_seconds_f64();
    assert!((day..day + 86_400.0).contains(&last));
    assert_eq!(described["Tags"], json!([]));
    assert_eq!(
        described["RotationRules"],
        json!({"AutomaticallyAfterDays": 30})
    );
}

/// user/was_deleted
fn a_name_is_held_for_a_while_after_a_forced_deletion() {
    let mut stage = Stage::open();
    stage.set("secretsmanager.forcedDeletionDelay=10s");
    stage.must("CreateSecret", json!({"Name": "s"}));
    let forced = json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true});
    stage.must("DeleteSecret", forced);
    stage.must("DescribeSecret", json!({"SecretId": "s"}));
    let answer = stage.call("CreateSecret", json!({"Name": "s"}));
    assert_eq!(answer.error_code(), Some("InvalidRequestException"));
    assert!(answer.message().unwrap().contains("was deleted"));
    stage.advance(10);
    stage.must("CreateSecret", json!({"Name": "s"}));
}

/// ls-assert/last_updated_date
fn the_last_changed_date_moves_even_if_the_value_does_not() {
    let mut stage = stage();
    let mut dates = Vec::new();
    for value in [None, Some("new"), Some("new")] {
        if let Some(value) = value {
            stage.must(
                "UpdateSecret",
                json!({"SecretId": "s", "SecretString": value}),
            );
        }
        let described = stage.must("DescribeSecret", json!({"SecretId": "s"}));
        dates.push(described["LastChangedDate"].as_f64().unwrap());
    }
    assert!(dates.is_sorted_by(|a, b| a < b), "{dates:?}");
}

/// user/raw_get: members in alphabetical order, without blanks.
fn a_value_has_the_recorded_layout() {
    let mut stage = Stage::open();
    let token = "1b1c2d3e-0000-4000-8000-000000000000";
    let new = json!({"Name": "n", "SecretString": "v", "ClientRequestToken": token});
    stage.must("CreateSecret", new);
    let Answer { text, body, .. } = stage.call("GetSecretValue", json!({"SecretId": "n"}));
    let (arn, created) = (body["ARN"].as_str().unwrap(), body["CreatedDate"].as_f64());
    let created = created.unwrap();
    let expected = format!(
        r#"{{"ARN":"{arn}","CreatedDate":{created:?},"Name":"n","SecretString":"v","VersionId":"{token}","VersionStages":["AWSCURRENT"]}}"#
    );
    assert_eq!(text, expected);
}
