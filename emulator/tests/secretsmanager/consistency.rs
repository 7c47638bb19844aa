//! The knobs of eventual consistency, and what a partner's secrets show.

use keywheel_emulator::settings;
use keywheel_emulator::state::Settings;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::refused;
use crate::stage::{FUNCTION, Stage};

const OWNER: &str = "000000000000";

fn stage(assignment: &str) -> Stage {
    let settings = settings::assigned(&Settings::default(), assignment);
    Stage::new(settings.expect("a setting"))
}

fn id() -> Value {
    json!({"SecretId": "s"})
}

fn value(stage: &mut Stage) -> Value {
    stage.must("GetSecretValue", id())["SecretString"].clone()
}

fn names(stage: &mut Stage) -> usize {
    stage.must("ListSecrets", json!({}))["SecretList"]
        .as_array()
        .expect("a list")
        .len()
}

#[test]
fn a_list_lags_behind_creation_and_deletion() {
    let mut stage = stage("secretsmanager.listLag=5m");
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "x"}));
    assert_eq!(names(&mut stage), 0);
    assert_eq!(value(&mut stage), "x", "a read does not lag");
    stage.now = stage.now.plus_millis(300_000);
    assert_eq!(names(&mut stage), 1);
    stage.must("DeleteSecret", id());
    assert_eq!(names(&mut stage), 1);
    stage.now = stage.now.plus_millis(300_000);
    assert_eq!(names(&mut stage), 0);
}

/// A call in another Region than that of the primary.
fn away(stage: &mut Stage, operation: &str) -> Answer {
    stage.caller = Some((OWNER, "eu-west-1"));
    let answer = stage.call(operation, id());
    stage.caller = Some((OWNER, "us-east-1"));
    answer
}

#[test]
fn replicas_lag_behind_as_long_as_the_setting_says() {
    let mut stage = stage("secretsmanager.replicationDelay=1m");
    stage.caller = Some((OWNER, "us-east-1"));
    let regions = json!([{"Region": "eu-west-1"}]);
    let request = json!({"Name": "s", "SecretString": "one", "AddReplicaRegions": regions});
    let created = stage.must("CreateSecret", request);
    let due = stage.now.plus_millis(60_000);
    assert_eq!(created["ReplicationStatus"][0]["Status"], "InProgress");
    refused(
        &away(&mut stage, "DescribeSecret"),
        "ResourceNotFoundException",
        "",
    );
    assert_eq!(stage.engine.poll_timeout().map(|(at, _)| at), Some(due));
    stage.now = due;
    stage.engine.handle_timeout(due);
    let status = |stage: &mut Stage| {
        stage.must("DescribeSecret", id())["ReplicationStatus"][0]["Status"].clone()
    };
    assert_eq!(status(&mut stage), "InSync");

    let put = |value| json!({"SecretId": "s", "SecretString": value});
    stage.must("PutSecretValue", put("two"));
    assert_eq!(status(&mut stage), "InProgress");
    let due = stage.now.plus_millis(60_000 - 1_000);
    stage.now = stage.now.plus_millis(30_000);
    stage.must("PutSecretValue", put("three"));
    let value = |stage: &mut Stage| away(stage, "GetSecretValue").body["SecretString"].clone();
    assert_eq!(value(&mut stage), "one");
    // Nobody wakes the engine here: a call finds what is due by its time.
    stage.now = due;
    assert_eq!(value(&mut stage), "three");
    assert_eq!(status(&mut stage), "InSync");
}

#[test]
fn reads_are_stale_for_a_while_after_a_write() {
    let mut stage = stage("secretsmanager.staleReads=10s");
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "one"}));
    refused(
        &stage.call("GetSecretValue", id()),
        "ResourceNotFoundException",
        "",
    );
    stage.now = stage.now.plus_millis(10_000);
    assert_eq!(value(&mut stage), "one");
    let put = json!({"SecretId": "s", "SecretString": "two", "ClientRequestToken": "t".repeat(32)});
    stage.must("PutSecretValue", put.clone());
    assert_eq!(value(&mut stage), "one");
    let described = stage.must("DescribeSecret", id());
    assert_eq!(
        described["VersionIdsToStages"]
            .as_object()
            .map(serde_json::Map::len),
        Some(1)
    );
    // Writes are judged by what is true, not by what is seen.
    stage.must("PutSecretValue", put);
    stage.now = stage.now.plus_millis(10_000);
    assert_eq!(value(&mut stage), "two");
    stage.must("DeleteSecret", id());
    assert_eq!(value(&mut stage), "two");
    stage.now = stage.now.plus_millis(10_000);
    refused(
        &stage.call("GetSecretValue", id()),
        "InvalidRequestException",
        "marked for deletion",
    );
}

#[test]
fn a_forced_deletion_lasts_as_long_as_the_setting_says() {
    let mut stage = stage("secretsmanager.forcedDeletionDelay=10s");
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "one"}));
    stage.must(
        "DeleteSecret",
        json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true}),
    );
    let create = json!({"Name": "s", "SecretString": "one"});
    refused(
        &stage.call("CreateSecret", create.clone()),
        "InvalidRequestException",
        "was deleted",
    );
    stage.must("DescribeSecret", id());
    stage.now = stage.now.plus_millis(10_000);
    stage.engine.handle_timeout(stage.now);
    refused(
        &stage.call("DescribeSecret", id()),
        "ResourceNotFoundException",
        "",
    );
    stage.must("CreateSecret", create);
}

#[test]
fn a_partners_secret_shows_its_type_and_its_metadata() {
    let mut stage = Stage::new(Settings::default());
    stage.must(
        "CreateSecret",
        json!({"Name": "s", "SecretString": "x", "Type": "partner"}),
    );
    let item = json!({"Key": "k", "Value": "v"});
    let mut rotate = json!({
        "SecretId": "s", "RotationLambdaARN": FUNCTION, "ExternalSecretRotationMetadata": [item],
    });
    stage.must("RotateSecret", rotate.clone());
    let described = stage.must("DescribeSecret", id());
    assert_eq!(described["Type"], "partner");
    assert_eq!(described["ExternalSecretRotationMetadata"], json!([item]));
    stage.must("UpdateSecret", json!({"SecretId": "s", "Type": "other"}));
    let listed = stage.must("ListSecrets", json!({}));
    assert_eq!(listed["SecretList"][0]["Type"], "other");
    rotate["ExternalSecretRotationRoleArn"] = json!("arn:aws:iam::000000000000:role/r");
    refused(
        &stage.call("RotateSecret", rotate),
        "InvalidRequestException",
        "unable to assume role",
    );
}
