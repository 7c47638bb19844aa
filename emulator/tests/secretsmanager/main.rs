//! Secrets Manager over the wire: what the recordings do not show.

#[path = "../recorded/answer.rs"]
mod answer;
mod batch;
mod consistency;
mod constraints;
mod copies;
#[path = "../recorded/function.rs"]
mod function;
mod fuzz;
mod pages;
mod rules;
mod sdk;
#[path = "../recorded/stage.rs"]
mod stage;
mod state_table;

use keywheel_emulator::ids::Step;
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::secrets::{DeletedDate, FirstValue};
use keywheel_emulator::time::Timestamp;
use serde_json::{Value, json};

use answer::Answer;
use stage::{FUNCTION, Stage};

/// A stage with a secret `s` whose value is `old`.
fn stage() -> Stage {
    let mut stage = Stage::new(Settings::default());
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "old"}));
    stage
}

fn refused(answer: &Answer, code: &str, text: &str) {
    assert_eq!(answer.error_code(), Some(code), "{}", answer.text);
    let message = answer.message().unwrap_or_default();
    assert!(message.contains(text), "{message}");
}

fn describe(stage: &mut Stage) -> Value {
    stage.must("DescribeSecret", json!({"SecretId": "s"}))
}

fn names(listed: &Value) -> Vec<&str> {
    let list = listed["SecretList"].as_array().into_iter().flatten();
    list.filter_map(|secret| secret["Name"].as_str()).collect()
}

#[test]
fn constraints_are_told_in_the_generic_wording_and_together() {
    let mut stage = stage();
    let request = json!({"VersionStage": "", "SecretId": "", "VersionId": "short"});
    let answer = stage.call("GetSecretValue", request);
    refused(
        &answer,
        "ValidationException",
        "3 validation errors detected: Value '' at 'secretId'",
    );
    refused(
        &answer,
        "ValidationException",
        "Value 'short' at 'versionId' failed to satisfy",
    );
    let answer = stage.call("GetSecretValue", json!({}));
    refused(&answer, "ValidationException", "Value null at 'secretId'");
}

#[test]
fn no_value_is_repeated_in_an_error() {
    let mut stage = stage();
    let long = "hunter2".repeat(10_000);
    let answer = stage.call(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": long}),
    );
    refused(&answer, "ValidationException", "'secretString'");
    assert!(!answer.text.contains("hunter2"));
}

#[test]
fn checks_come_in_order() {
    let mut stage = stage();
    stage.fills_tokens = false;
    let put = |stage: &mut Stage, request| stage.call("PutSecretValue", request);
    let bad_name = put(&mut stage, json!({"SecretId": "a b"}));
    refused(&bad_name, "ValidationException", "Invalid name.");
    let no_token = put(&mut stage, json!({"SecretId": "nobody"}));
    refused(&no_token, "InvalidRequestException", "ClientRequestToken");
    stage.fills_tokens = true;
    let no_value = put(&mut stage, json!({"SecretId": "nobody"}));
    refused(
        &no_value,
        "InvalidRequestException",
        "SecretString or SecretBinary",
    );
    let unknown = put(
        &mut stage,
        json!({"SecretId": "nobody", "SecretString": "x"}),
    );
    refused(
        &unknown,
        "ResourceNotFoundException",
        "can't find the specified secret.",
    );
}

#[test]
fn two_values_are_refused() {
    let request = json!({"Name": "t", "SecretString": "x", "SecretBinary": "eA=="});
    let answer = stage().call("CreateSecret", request);
    refused(&answer, "InvalidParameterException", "both a binary");
}

#[test]
fn lists_come_in_pages_whose_tokens_belong_to_their_request() {
    let mut stage = stage();
    for name in ["b", "a", "c"] {
        stage.must("CreateSecret", json!({"Name": name}));
    }
    let first = stage.must("ListSecrets", json!({"MaxResults": 3}));
    assert_eq!(names(&first), ["s", "b", "a"]);
    let token = first["NextToken"].as_str().unwrap();
    let rest = stage.must("ListSecrets", json!({"MaxResults": 3, "NextToken": token}));
    assert_eq!(names(&rest), ["c"]);
    assert!(rest.get("NextToken").is_none());
    for request in [
        json!({"NextToken": token, "SortBy": "name"}),
        json!({"NextToken": "forged"}),
    ] {
        let answer = stage.call("ListSecrets", request);
        refused(&answer, "InvalidNextTokenException", "");
    }
}

#[test]
fn lists_are_sorted_as_asked() {
    let mut stage = stage();
    stage.must("CreateSecret", json!({"Name": "b"}));
    stage.must("CreateSecret", json!({"Name": "a"}));
    stage.must(
        "TagResource",
        json!({"SecretId": "s", "Tags": [{"Key": "k", "Value": "v"}]}),
    );
    stage.must("GetSecretValue", json!({"SecretId": "s"}));
    for (by, order, sorted) in [
        (None, None, ["s", "b", "a"]),
        (None, Some("desc"), ["a", "b", "s"]),
        (Some("name"), None, ["a", "b", "s"]),
        (Some("name"), Some("desc"), ["s", "b", "a"]),
        (Some("last-changed-date"), None, ["b", "a", "s"]),
        (Some("last-accessed-date"), Some("desc"), ["s", "a", "b"]),
    ] {
        let listed = stage.must("ListSecrets", json!({"SortBy": by, "SortOrder": order}));
        assert_eq!(names(&listed), sorted, "{by:?} {order:?}");
    }
    let answer = stage.call("ListSecrets", json!({"SortBy": "size"}));
    refused(
        &answer,
        "ValidationException",
        "Member must satisfy enum value set",
    );
}

#[test]
fn a_scheduled_secret_is_hidden_and_refuses_but_can_be_described_and_restored() {
    let mut stage = stage();
    let deleted = stage.must(
        "DeleteSecret",
        json!({"SecretId": "s", "RecoveryWindowInDays": 7}),
    );
    assert_eq!(describe(&mut stage)["DeletedDate"], deleted["DeletionDate"]);
    for (operation, more) in [
        ("GetSecretValue", json!({})),
        ("PutSecretValue", json!({"SecretString": "x"})),
        ("UpdateSecret", json!({})),
        ("UpdateSecretVersionStage", json!({"VersionStage": "X"})),
        ("RotateSecret", json!({"RotationLambdaARN": FUNCTION})),
        ("CancelRotateSecret", json!({})),
        ("GetResourcePolicy", json!({})),
        ("PutResourcePolicy", json!({"ResourcePolicy": "{}"})),
        ("DeleteResourcePolicy", json!({})),
        ("TagResource", json!({"Tags": []})),
        ("UntagResource", json!({"TagKeys": []})),
        ("DeleteSecret", json!({})),
    ] {
        let mut request = more;
        request["SecretId"] = json!("s");
        let answer = stage.call(operation, request);
        refused(&answer, "InvalidRequestException", "marked for deletion");
    }
    assert!(names(&stage.must("ListSecrets", json!({}))).is_empty());
    let planned = stage.must("ListSecrets", json!({"IncludePlannedDeletion": true}));
    assert_eq!(names(&planned), ["s"]);
    stage.must("ListSecretVersionIds", json!({"SecretId": "s"}));
    stage.must("RestoreSecret", json!({"SecretId": "s"}));
    stage.must("RestoreSecret", json!({"SecretId": "s"}));
    assert!(describe(&mut stage).get("DeletedDate").is_none());
}

#[test]
fn the_meaning_of_deleted_date_is_a_setting() {
    let mut settings = Settings::default();
    settings.secrets.deleted_date = DeletedDate::Requested;
    let mut stage = Stage::new(settings);
    stage.must("CreateSecret", json!({"Name": "s"}));
    stage.must("DeleteSecret", json!({"SecretId": "s"}));
    let requested = stage.now.as_seconds_f64();
    assert_eq!(describe(&mut stage)["DeletedDate"], json!(requested));
}

#[test]
fn a_recovery_window_ends_with_the_clock() {
    let mut stage = stage();
    stage.must(
        "DeleteSecret",
        json!({"SecretId": "s", "RecoveryWindowInDays": 7}),
    );
    let (due, _) = stage.engine.poll_timeout().unwrap();
    assert_eq!(due, stage.now.plus_days(7));
    stage.engine.handle_timeout(due);
    let answer = stage.call("DescribeSecret", json!({"SecretId": "s"}));
    assert_eq!(answer.error_code(), Some("ResourceNotFoundException"));
}

#[test]
fn deletion_windows_are_checked() {
    let mut stage = stage();
    let forced = json!({
        "SecretId": "s", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true,
    });
    let answer = stage.call("DeleteSecret", forced);
    refused(
        &answer,
        "InvalidParameterException",
        "in conjunction with RecoveryWindowInDays",
    );
    let answer = stage.call(
        "DeleteSecret",
        json!({"SecretId": "s", "RecoveryWindowInDays": 6}),
    );
    refused(
        &answer,
        "InvalidParameterException",
        "between 7 and 30 days (inclusive)",
    );
    let both = json!({
        "SecretId": "s", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": false,
    });
    stage.must("DeleteSecret", both);
}

#[test]
fn cancelling_keeps_function_and_rules_and_hides_the_dates() {
    let mut stage = stage();
    let answer = stage.call("CancelRotateSecret", json!({"SecretId": "s"}));
    refused(&answer, "InvalidRequestException", "");
    let rules = json!({"ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"});
    let rotate = json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "RotationRules": rules});
    stage.must("RotateSecret", rotate);
    assert_eq!(describe(&mut stage)["RotationRules"], rules);
    stage.rotate();
    let described = describe(&mut stage);
    assert_eq!(described["RotationRules"]["AutomaticallyAfterDays"], 14);
    let next = Timestamp::parse("2026-12-01T17:59:59Z").unwrap();
    assert_eq!(described["NextRotationDate"], json!(next.as_seconds_f64()));
    let cancelled = stage.must("CancelRotateSecret", json!({"SecretId": "s"}));
    assert!(cancelled.get("VersionId").is_none());
    let described = describe(&mut stage);
    assert_eq!(described["RotationEnabled"], false);
    assert_eq!(described["RotationLambdaARN"], FUNCTION);
    assert!(described.get("LastRotatedDate").is_none());
    assert!(described.get("NextRotationDate").is_none());
}

#[test]
fn cancelling_an_unfinished_rotation_names_its_version() {
    let mut stage = stage();
    let request = json!({"SecretId": "s", "RotationLambdaARN": FUNCTION});
    let started = stage.must("RotateSecret", request.clone());
    let cancelled = stage.must("CancelRotateSecret", json!({"SecretId": "s"}));
    assert_eq!(cancelled["VersionId"], started["VersionId"]);
    let again = stage.call("RotateSecret", request);
    refused(
        &again,
        "InvalidRequestException",
        "A previous rotation isn't complete.",
    );
}

#[test]
fn the_same_token_rotates_once() {
    let mut stage = stage();
    let token = "22222222-2222-4222-8222-222222222222";
    let request =
        json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "ClientRequestToken": token});
    let mut steps = Vec::new();
    for _ in 0..3 {
        let answer = stage.must("RotateSecret", request.clone());
        assert_eq!(answer["VersionId"], token);
        let repeated = stage.must("RotateSecret", request.clone());
        assert_eq!(repeated, answer);
        stage.rotate_with(|stage, event| {
            steps.push(event.step);
            stage.step(event);
        });
    }
    assert_eq!(steps, Step::ALL);
}

#[test]
fn the_same_token_does_not_pass_the_gate_after_a_failure() {
    let mut stage = stage();
    let token = "22222222-2222-4222-8222-222222222222";
    let request =
        json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "ClientRequestToken": token});
    stage.must("RotateSecret", request.clone());
    stage.fail_step();
    let answer = stage.call("RotateSecret", request);
    refused(
        &answer,
        "InvalidRequestException",
        "A previous rotation isn't complete.",
    );
}

#[test]
fn a_rotation_token_must_be_one_that_the_secret_was_given() {
    let mut stage = stage();
    let put = |token: &str| {
        json!({
            "SecretId": "s", "SecretString": "x", "VersionStages": ["AWSPENDING"],
            "RotationToken": token,
        })
    };
    let wrong = stage.call(
        "PutSecretValue",
        put("00000000-0000-4000-8000-000000000000"),
    );
    assert_eq!(wrong.error_code(), Some("InvalidParameterException"));
    stage.must(
        "RotateSecret",
        json!({"SecretId": "s", "RotationLambdaARN": FUNCTION}),
    );
    let invocation = stage.engine.poll_invocation(stage.now).unwrap();
    stage.must("PutSecretValue", put(invocation.rotation_token.expose()));
}

#[test]
fn a_secret_without_a_value_can_be_rotated() {
    let mut stage = Stage::new(Settings::default());
    stage.must("CreateSecret", json!({"Name": "s"}));
    stage.must(
        "RotateSecret",
        json!({"SecretId": "s", "RotationLambdaARN": FUNCTION}),
    );
    stage.rotate_with(|stage, event| match event.step {
        Step::CreateSecret => {
            let put = json!({
                "SecretId": "s", "SecretString": "first", "VersionStages": ["AWSPENDING"],
                "ClientRequestToken": event.client_request_token,
            });
            stage.must("PutSecretValue", put);
        }
        _ => stage.step(event),
    });
    let value = stage.must("GetSecretValue", json!({"SecretId": "s"}));
    assert_eq!(
        (&value["SecretString"], &value["VersionStages"]),
        (&json!("first"), &json!(["AWSCURRENT"]))
    );
}

#[test]
fn the_first_value_under_a_placeholder_becomes_current_if_the_setting_says_so() {
    for (first, labels) in [
        (FirstValue::AsPut, json!(["AWSPENDING"])),
        (FirstValue::Current, json!(["AWSCURRENT", "AWSPENDING"])),
    ] {
        let mut settings = Settings::default();
        settings.secrets.first_value = first;
        let mut stage = Stage::new(settings);
        stage.must("CreateSecret", json!({"Name": "s"}));
        let rotate = json!({"SecretId": "s", "RotationLambdaARN": FUNCTION});
        let token = stage.must("RotateSecret", rotate)["VersionId"].clone();
        let put = json!({
            "SecretId": "s", "SecretString": "first", "VersionStages": ["AWSPENDING"],
            "ClientRequestToken": token,
        });
        let put = stage.must("PutSecretValue", put);
        assert_eq!(put["VersionStages"], labels);
    }
}

#[test]
fn schedules_that_aws_does_not_accept_are_refused() {
    let mut stage = stage();
    for (rules, code) in [
        (
            json!({"ScheduleExpression": "rate(3 hours)"}),
            "InvalidParameterException",
        ),
        (
            json!({"ScheduleExpression": "cron(5 8 * * ? *)"}),
            "InvalidParameterException",
        ),
        (
            json!({"AutomaticallyAfterDays": 1, "Duration": "25h"}),
            "InvalidParameterException",
        ),
        (
            json!({"AutomaticallyAfterDays": 1001}),
            "ValidationException",
        ),
        (
            json!({"AutomaticallyAfterDays": 1, "Duration": "2d"}),
            "ValidationException",
        ),
    ] {
        let request =
            json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "RotationRules": rules});
        let answer = stage.call("RotateSecret", request);
        assert_eq!(answer.error_code(), Some(code), "{}", answer.text);
    }
    assert!(describe(&mut stage).get("RotationRules").is_none());
}

#[test]
fn accounts_and_regions_do_not_see_each_other() {
    let mut stage = stage();
    let arn = describe(&mut stage)["ARN"]
        .as_str()
        .unwrap()
        .replace("us-east-1", "eu-west-1");
    let answer = stage.call("DescribeSecret", json!({"SecretId": arn}));
    assert_eq!(answer.error_code(), Some("ResourceNotFoundException"));
}

#[test]
fn a_rotation_needs_a_token_that_no_other_version_has() {
    let mut stage = stage();
    let value = stage.must("GetSecretValue", json!({"SecretId": "s"}));
    let request = json!({
        "SecretId": "s", "RotationLambdaARN": FUNCTION, "ClientRequestToken": value["VersionId"],
    });
    let answer = stage.call("RotateSecret", request);
    assert_eq!(answer.error_code(), Some("ResourceExistsException"));
    assert!(describe(&mut stage).get("RotationEnabled").is_none());
}

#[test]
fn a_description_is_kept_unless_given_and_cleared_by_an_empty_one() {
    let mut stage = stage();
    for (request, shown) in [
        (json!({"SecretId": "s", "Description": "d"}), json!("d")),
        (json!({"SecretId": "s"}), json!("d")),
        (json!({"SecretId": "s", "Description": ""}), Value::Null),
    ] {
        stage.must("UpdateSecret", request);
        assert_eq!(describe(&mut stage)["Description"], shown);
    }
}

#[test]
fn a_repeated_creation_looks_at_the_value_only() {
    let mut stage = stage();
    let token = "22222222-2222-4222-8222-222222222222";
    let mut request = json!({"Name": "t", "SecretString": "x", "ClientRequestToken": token});
    let first = stage.must("CreateSecret", request.clone());
    request["Description"] = json!("another");
    assert_eq!(stage.must("CreateSecret", request), first);
}

#[test]
fn a_policy_is_kept_as_it_was_put_and_can_be_taken_off() {
    let mut stage = stage();
    let get = |stage: &mut Stage| {
        stage.must("GetResourcePolicy", json!({"SecretId": "s"}))["ResourcePolicy"].clone()
    };
    assert_eq!(get(&mut stage), Value::Null);
    let text = r#"{ "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"} }"#;
    let mut put = json!({"SecretId": "s", "ResourcePolicy": text, "PolicyName": "default"});
    stage.must("PutResourcePolicy", put.clone());
    assert_eq!(get(&mut stage), text);
    put["BlockPublicPolicy"] = json!(true);
    refused(
        &stage.call("PutResourcePolicy", put.clone()),
        "PublicPolicyException",
        "",
    );
    put["ResourcePolicy"] = json!("{");
    refused(
        &stage.call("PutResourcePolicy", put.clone()),
        "MalformedPolicyDocumentException",
        "",
    );
    put["PolicyName"] = json!("other");
    refused(
        &stage.call("PutResourcePolicy", put),
        "InvalidParameterException",
        "",
    );
    assert_eq!(get(&mut stage), text);
    stage.must("DeleteResourcePolicy", json!({"SecretId": "s"}));
    assert_eq!(get(&mut stage), Value::Null);
}

#[test]
fn kms_errors_are_had_by_fault() {
    let mut stage = stage();
    let put = json!({"SecretId": "s", "SecretString": "new"});
    for (at, kind, request, code) in [
        (
            "GetSecretValue",
            "kms-unusable",
            json!({"SecretId": "s"}),
            "DecryptionFailure",
        ),
        (
            "PutSecretValue",
            "kms-unusable",
            put.clone(),
            "EncryptionFailure",
        ),
        (
            "PutSecretValue",
            "kms-denied",
            put.clone(),
            "AccessDeniedException",
        ),
        ("PutSecretValue", "quota", put, "LimitExceededException"),
    ] {
        let rule = json!({"at": at, "kind": kind});
        stage
            .engine
            .faults()
            .arm(serde_json::from_value(rule).unwrap());
        refused(&stage.call(at, request), code, "");
    }
    let value = stage.must("GetSecretValue", json!({"SecretId": "s"}));
    assert_eq!(value["SecretString"], "old");
}
