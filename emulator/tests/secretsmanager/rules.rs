//! The twenty-two rules that imitations get wrong, one test each, named after its rule.

use keywheel_emulator::ids::Step;
use keywheel_emulator::state::Settings;
use keywheel_emulator::time::Timestamp;
use serde_json::{Value, json};

use crate::refused;
use crate::stage::{FUNCTION, Stage};

const TOKEN: &str = "22222222-2222-4222-8222-222222222222";
const OTHER: &str = "33333333-3333-4333-8333-333333333333";

/// A stage with a secret `s` whose value is `old`, of version `token-…1`.
fn stage() -> Stage {
    let mut stage = Stage::new(Settings::default());
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "old"}));
    stage
}

fn id() -> Value {
    json!({"SecretId": "s"})
}

fn describe(stage: &mut Stage) -> Value {
    stage.must("DescribeSecret", id())
}

fn labels(stage: &mut Stage, version: &str) -> Value {
    describe(stage)["VersionIdsToStages"][version].clone()
}

fn current(stage: &mut Stage) -> String {
    let value = stage.must("GetSecretValue", id());
    value["VersionId"].as_str().expect("an id").to_owned()
}

fn rotate(token: &str) -> Value {
    json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "ClientRequestToken": token})
}

fn put(token: &str, value: &str, labels: &[&str]) -> Value {
    let mut put = json!({"SecretId": "s", "ClientRequestToken": token, "SecretString": value});
    if !labels.is_empty() {
        put["VersionStages"] = json!(labels);
    }
    put
}

/// A stage whose rotation to [`TOKEN`] failed in createSecret.
fn stuck() -> Stage {
    let mut stage = stage();
    stage.must("RotateSecret", rotate(TOKEN));
    stage.fail_step();
    stage
}

const UNFINISHED: &str = "A previous rotation isn't complete. That rotation will be reattempted.";

#[test]
fn rule_01_everything_is_400_with_a_capital_message_and_a_bare_type() {
    let answer = stage().call("DescribeSecret", json!({"SecretId": "nobody"}));
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text,
        r#"{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}"#
    );
}

#[test]
fn rule_02_the_placeholder_is_there_before_create_secret_and_has_no_value() {
    let mut stage = stage();
    stage.must("RotateSecret", rotate(TOKEN));
    assert_eq!(labels(&mut stage, TOKEN), json!(["AWSPENDING"]));
    let all = json!({"SecretId": "s", "IncludeDeprecated": true});
    let listed = stage.must("ListSecretVersionIds", all);
    assert_eq!(listed["Versions"].as_array().map(Vec::len), Some(1));
    let read = stage.call(
        "GetSecretValue",
        json!({"SecretId": "s", "VersionId": TOKEN}),
    );
    refused(&read, "ResourceNotFoundException", TOKEN);
}

#[test]
fn rule_03_the_gate_is_pending_on_a_version_that_is_not_current() {
    let mut stage = stuck();
    refused(
        &stage.call("RotateSecret", rotate(OTHER)),
        "InvalidRequestException",
        UNFINISHED,
    );
    // On the current version it does not block.
    let from = current(&mut stage);
    stage.must("PutSecretValue", put(TOKEN, "new", &["AWSPENDING"]));
    let moved = json!({
        "SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN,
        "RemoveFromVersionId": from,
    });
    stage.must("UpdateSecretVersionStage", moved);
    assert_eq!(
        labels(&mut stage, TOKEN),
        json!(["AWSCURRENT", "AWSPENDING"])
    );
    stage.must("RotateSecret", rotate(OTHER));
}

#[test]
fn rule_04_200_means_accepted_and_nothing_more() {
    let mut stage = stage();
    let first = current(&mut stage);
    stage.must("RotateSecret", rotate(TOKEN));
    assert_eq!(current(&mut stage), first);
    assert_eq!(describe(&mut stage)["LastRotatedDate"], Value::Null);
    stage.rotate();
    assert_eq!(current(&mut stage), TOKEN);
    assert!(describe(&mut stage)["LastRotatedDate"].is_number());
}

#[test]
fn rule_05_the_service_takes_pending_off_and_by_hand_nobody_does() {
    let mut by_service = stage();
    by_service.must("RotateSecret", rotate(TOKEN));
    by_service.rotate();
    assert_eq!(labels(&mut by_service, TOKEN), json!(["AWSCURRENT"]));
    let mut by_hand = stage();
    let from = current(&mut by_hand);
    by_hand.must("PutSecretValue", put(TOKEN, "new", &["AWSPENDING"]));
    let moved = json!({
        "SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN,
        "RemoveFromVersionId": from,
    });
    by_hand.must("UpdateSecretVersionStage", moved);
    assert_eq!(
        labels(&mut by_hand, TOKEN),
        json!(["AWSCURRENT", "AWSPENDING"])
    );
}

#[test]
fn rule_06_a_plain_put_kills_a_rotation_and_counts_as_one_for_the_schedule() {
    let mut stage = stage();
    let mut request = rotate(TOKEN);
    request["RotationRules"] = json!({"AutomaticallyAfterDays": 10});
    stage.must("RotateSecret", request);
    let announced = describe(&mut stage)["NextRotationDate"]
        .as_f64()
        .expect("a date");
    stage.now = stage.now.plus_days(3);
    stage.must("PutSecretValue", put(OTHER, "by hand", &[]));
    assert_eq!(labels(&mut stage, TOKEN), Value::Null);
    assert!(
        stage.engine.poll_invocation(stage.now).is_none(),
        "abandoned"
    );
    let next = describe(&mut stage)["NextRotationDate"]
        .as_f64()
        .expect("a date");
    assert!(
        (next - announced - 3.0 * 86_400.0).abs() < 1.0,
        "{announced} {next}"
    );
}

#[test]
fn rule_07_cancelling_leaves_pending_which_blocks() {
    let mut stage = stuck();
    assert_eq!(stage.must("CancelRotateSecret", id())["VersionId"], TOKEN);
    assert_eq!(labels(&mut stage, TOKEN), json!(["AWSPENDING"]));
    refused(
        &stage.call("RotateSecret", rotate(OTHER)),
        "InvalidRequestException",
        UNFINISHED,
    );
}

#[test]
fn rule_08_not_immediately_runs_test_secret_only_on_a_copy() {
    let mut stage = stage();
    let mut request = rotate(TOKEN);
    request["RotateImmediately"] = json!(false);
    stage.must("RotateSecret", request);
    let mut steps = Vec::new();
    stage.rotate_with(|stage, event| {
        steps.push(event.step);
        let pending = json!({"SecretId": "s", "VersionStage": "AWSPENDING"});
        assert_eq!(stage.must("GetSecretValue", pending)["SecretString"], "old");
    });
    assert_eq!(steps, [Step::TestSecret]);
    assert_eq!(labels(&mut stage, TOKEN), Value::Null);
}

#[test]
fn rule_09_a_refused_call_saves_nothing() {
    let mut stage = stage();
    let before = describe(&mut stage);
    let mut request = rotate(TOKEN);
    request["RotationRules"] = json!({"AutomaticallyAfterDays": 1});
    request["RotationLambdaARN"] = json!("arn:aws:lambda:us-east-1:000000000000:function:none");
    refused(
        &stage.call("RotateSecret", request.clone()),
        "AccessDeniedException",
        "cannot invoke",
    );
    request["RotationLambdaARN"] = Value::Null;
    refused(
        &stage.call("RotateSecret", request),
        "InvalidRequestException",
        "No Lambda",
    );
    assert_eq!(describe(&mut stage), before);
}

#[test]
fn rule_10_retries_repeat_all_steps_with_the_same_token() {
    let mut settings = Settings::default();
    settings.rotation.retries = 1;
    settings.rotation.retry_after_ms = 60_000;
    let mut stage = Stage::new(settings);
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "old"}));
    stage.must("RotateSecret", rotate(TOKEN));
    stage.fail_step();
    stage.now = stage.now.plus_millis(60_000);
    stage.engine.handle_timeout(stage.now);
    let mut steps = Vec::new();
    stage.rotate_with(|stage, event| {
        assert_eq!(event.client_request_token, TOKEN);
        steps.push(event.step);
        stage.step(event);
    });
    assert_eq!(steps, Step::ALL);
    assert_eq!(current(&mut stage), TOKEN);
}

#[test]
fn rule_11_a_token_says_which_write_it_is() {
    let mut stage = stage();
    stage.must("UpdateSecret", put(TOKEN, "new", &[]));
    stage.must("UpdateSecret", put(TOKEN, "new", &[]));
    let other = stage.call("PutSecretValue", put(TOKEN, "other", &[]));
    refused(&other, "ResourceExistsException", TOKEN);
    stage.fills_tokens = false;
    for (operation, code) in [
        ("PutSecretValue", "InvalidRequestException"),
        ("UpdateSecret", "InvalidRequestException"),
        ("RotateSecret", "InvalidParameterException"),
    ] {
        let request = json!({"SecretId": "s", "SecretString": "x"});
        refused(
            &stage.call(operation, request),
            code,
            "We recommend a UUID-type value.",
        );
    }
}

#[test]
fn rule_12_previous_moves_with_current_only_and_custom_labels_stay() {
    let mut stage = stage();
    let first = current(&mut stage);
    stage.must("PutSecretValue", put(TOKEN, "a", &["ONE"]));
    assert_eq!(labels(&mut stage, &first), json!(["AWSCURRENT"]));
    let moved = json!({"SecretId": "s", "VersionStage": "ONE", "MoveToVersionId": first, "RemoveFromVersionId": TOKEN});
    stage.must("UpdateSecretVersionStage", moved);
    assert_eq!(labels(&mut stage, TOKEN), Value::Null, "deprecated");
    let all = json!({"SecretId": "s", "IncludeDeprecated": true});
    let listed = stage.must("ListSecretVersionIds", all)["Versions"].clone();
    let listed = listed.as_array().expect("versions").clone();
    let deprecated = listed.iter().find(|version| version["VersionId"] == TOKEN);
    assert!(
        deprecated
            .expect("it is listed")
            .get("VersionStages")
            .is_none()
    );
    stage.must("PutSecretValue", put(OTHER, "b", &[]));
    assert_eq!(labels(&mut stage, &first), json!(["AWSPREVIOUS", "ONE"]));
}

#[test]
fn rule_13_a_put_steals_labels_and_a_move_must_name_their_holder() {
    let mut stage = stage();
    let first = current(&mut stage);
    stage.must("PutSecretValue", put(TOKEN, "a", &["ONE"]));
    stage.must("PutSecretValue", put(OTHER, "b", &["ONE"]));
    assert_eq!(labels(&mut stage, OTHER), json!(["ONE"]));
    let mut moved = json!({"SecretId": "s", "VersionStage": "ONE", "MoveToVersionId": first});
    let answer = stage.call("UpdateSecretVersionStage", moved.clone());
    refused(
        &answer,
        "InvalidParameterException",
        "RemoveFromVersionId can't be empty",
    );
    moved["RemoveFromVersionId"] = json!(TOKEN);
    let answer = stage.call("UpdateSecretVersionStage", moved);
    refused(
        &answer,
        "InvalidRequestException",
        "must be set to the version",
    );
}

#[test]
fn rule_14_a_partial_arn_is_exact_and_some_names_spoil_theirs() {
    let mut stage = Stage::new(Settings::default());
    for name in ["app", "app-a1b2c3"] {
        let created = stage.must("CreateSecret", json!({"Name": name, "SecretString": "x"}));
        let arn = created["ARN"].as_str().expect("an ARN").to_owned();
        let partial = &arn[..arn.len() - 7];
        stage.must("DescribeSecret", json!({"SecretId": arn}));
        let answer = stage.call("DescribeSecret", json!({"SecretId": partial}));
        assert_eq!(answer.status == 200, name == "app", "{partial}");
        let shorter = json!({"SecretId": &partial[..partial.len() - 1]});
        assert_eq!(
            stage.call("DescribeSecret", shorter).status,
            400,
            "no prefixes"
        );
    }
}

#[test]
fn rule_15_absent_is_not_empty() {
    let mut stage = Stage::new(Settings::default());
    let created = stage.must("CreateSecret", json!({"Name": "s", "Description": ""}));
    assert!(created.get("VersionId").is_none());
    let described = describe(&mut stage);
    let members: Vec<_> = described.as_object().expect("members").keys().collect();
    assert_eq!(members, ["ARN", "CreatedDate", "LastChangedDate", "Name"]);
    stage.must(
        "TagResource",
        json!({"SecretId": "s", "Tags": [{"Key": "k", "Value": ""}]}),
    );
    stage.must("UntagResource", json!({"SecretId": "s", "TagKeys": ["k"]}));
    assert_eq!(describe(&mut stage)["Tags"], json!([]));
    let updated = stage.must("UpdateSecret", json!({"SecretId": "s", "Description": "d"}));
    assert!(updated.get("VersionId").is_none());
}

#[test]
fn rule_16_no_value_yet_is_a_missing_label() {
    let mut stage = Stage::new(Settings::default());
    stage.must("CreateSecret", json!({"Name": "s"}));
    let answer = stage.call("GetSecretValue", id());
    refused(
        &answer,
        "ResourceNotFoundException",
        "for staging label: AWSCURRENT",
    );
}

#[test]
fn rule_17_force_deletes_unknown_names_but_not_bad_ones() {
    let mut stage = stage();
    let force = |name: &str| json!({"SecretId": name, "ForceDeleteWithoutRecovery": true});
    stage.must("DeleteSecret", force("nobody"));
    refused(
        &stage.call("DeleteSecret", force("no body")),
        "ValidationException",
        "Invalid name",
    );
    let window =
        json!({"SecretId": "s", "ForceDeleteWithoutRecovery": false, "RecoveryWindowInDays": 7});
    stage.must("DeleteSecret", window);
}

#[test]
fn rule_18_last_accessed_is_a_day_and_belongs_to_the_version() {
    let mut stage = stage();
    assert_eq!(describe(&mut stage)["LastAccessedDate"], Value::Null);
    stage.must("PutSecretValue", put(TOKEN, "new", &[]));
    stage.must("GetSecretValue", id());
    let midnight = Timestamp::parse("2026-11-22T00:00:00Z").expect("a date");
    assert_eq!(
        describe(&mut stage)["LastAccessedDate"].as_f64(),
        Some(midnight.as_seconds_f64())
    );
    let listed = stage.must("ListSecretVersionIds", id());
    for version in listed["Versions"].as_array().expect("versions") {
        let is_read = version.get("LastAccessedDate").is_some();
        assert_eq!(is_read, version["VersionId"] == TOKEN);
    }
}

#[test]
fn rule_19_the_next_rotation_is_the_end_of_its_window() {
    let mut stage = stage();
    let mut request = rotate(TOKEN);
    request["RotationRules"] = json!({"AutomaticallyAfterDays": 30});
    stage.must("RotateSecret", request);
    stage.rotate();
    let end = Timestamp::parse("2026-12-22T23:59:59Z").expect("a date");
    assert_eq!(
        describe(&mut stage)["NextRotationDate"].as_f64(),
        Some(end.as_seconds_f64())
    );
}

#[test]
fn rule_20_names_are_prefixes_by_case_and_descriptions_words_without() {
    let mut stage = Stage::new(Settings::default());
    let create = json!({"Name": "App/one", "Description": "an Old Key", "SecretString": "x"});
    stage.must("CreateSecret", create);
    for (key, value, is_found) in [
        ("name", "App/", true),
        ("name", "app/", false),
        ("name", "one", false),
        ("description", "old k", true),
        ("description", "ld", false),
        ("all", "app", true),
    ] {
        let filters = json!({"Filters": [{"Key": key, "Values": [value]}]});
        let listed = stage.must("ListSecrets", filters);
        assert_eq!(listed["SecretList"] != json!([]), is_found, "{key} {value}");
    }
    let twice = json!([{"Key": "name", "Values": ["App"]}, {"Key": "name", "Values": ["x"]}]);
    let listed = stage.must("ListSecrets", json!({"Filters": twice}));
    assert_eq!(
        listed["SecretList"],
        json!([]),
        "filters of one key are all met"
    );
}

#[test]
fn rule_21_the_event_has_the_arn_a_camel_case_step_and_a_rotation_token() {
    let mut stage = stage();
    let arn = describe(&mut stage)["ARN"].clone();
    stage.must("RotateSecret", rotate(TOKEN));
    let invocation = stage.engine.poll_invocation(stage.now).expect("a step");
    assert_eq!(invocation.secret.as_str(), arn);
    assert_eq!(invocation.step.as_str(), "createSecret");
    assert_eq!(invocation.token.as_str(), TOKEN);
    assert_eq!(invocation.rotation_token.expose().len(), 36);
}

#[test]
fn rule_22_an_empty_text_is_no_value_and_not_a_short_one() {
    let answer = stage().call("PutSecretValue", put(TOKEN, "", &[]));
    refused(
        &answer,
        "InvalidRequestException",
        "either SecretString or SecretBinary",
    );
}

#[test]
fn the_suffix_of_an_arn_is_six_letters_of_both_cases_or_digits() {
    let mut stage = Stage::new(Settings::default());
    let mut seen = String::new();
    for number in 0..50 {
        let create = json!({"Name": format!("n{number}")});
        let created = stage.must("CreateSecret", create);
        let arn = created["ARN"].as_str().expect("an ARN");
        let (_, suffix) = arn.rsplit_once('-').expect("a suffix");
        assert_eq!(suffix.len(), 6, "{arn}");
        seen.push_str(suffix);
    }
    assert!(seen.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let is_there: [fn(&u8) -> bool; 3] = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
    ];
    assert!(
        is_there
            .iter()
            .all(|kind| seen.bytes().any(|byte| kind(&byte)))
    );
}
