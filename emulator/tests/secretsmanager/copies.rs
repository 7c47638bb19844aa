//! Replicas in other Regions and copies in other accounts.

use keywheel_emulator::state::Settings;
use serde_json::{Value, json};

use crate::refused;
use crate::stage::{FUNCTION, Stage};

const OWNER: &str = "000000000000";
const OTHER: &str = "111111111111";
const HOME: &str = "us-east-1";
const AWAY: &str = "eu-west-1";

fn stage() -> Stage {
    let mut stage = Stage::new(Settings::default());
    stage.caller = Some((OWNER, HOME));
    stage
}

/// A call in another place.
fn call(
    stage: &mut Stage,
    place: (&'static str, &'static str),
    operation: &str,
    request: Value,
) -> Value {
    let caller = stage.caller.replace(place);
    let answer = stage.must(operation, request);
    stage.caller = caller;
    answer
}

fn away(stage: &mut Stage, operation: &str, request: Value) -> Value {
    call(stage, (OWNER, AWAY), operation, request)
}

fn id() -> Value {
    json!({"SecretId": "s"})
}

/// A secret with a replica in another Region; and its ARN.
fn replicated(stage: &mut Stage) -> String {
    let regions = json!([{"Region": AWAY, "KmsKeyId": "alias/away"}]);
    let request = json!({"Name": "s", "SecretString": "one", "AddReplicaRegions": regions});
    let created = stage.must("CreateSecret", request);
    let status = json!([{"KmsKeyId": "alias/away", "Region": AWAY, "Status": "InSync", "StatusMessage": "Replication succeeded"}]);
    assert_eq!(created["ReplicationStatus"], status);
    created["ARN"].as_str().expect("an ARN").to_owned()
}

#[test]
fn a_replica_has_the_primarys_arn_but_for_the_region_and_follows_every_change() {
    let mut stage = stage();
    let arn = replicated(&mut stage);
    let described = away(&mut stage, "DescribeSecret", id());
    assert_eq!(described["ARN"], arn.replace(HOME, AWAY));
    assert_eq!(described["PrimaryRegion"], HOME);
    assert_eq!(described["KmsKeyId"], "alias/away");
    assert_eq!(described["ReplicationStatus"], Value::Null);
    let home = stage.must("DescribeSecret", id());
    assert_eq!(
        (
            &home["PrimaryRegion"],
            &home["ReplicationStatus"][0]["Status"]
        ),
        (&json!(HOME), &json!("InSync"))
    );
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "two"}),
    );
    stage.must(
        "TagResource",
        json!({"SecretId": "s", "Tags": [{"Key": "k", "Value": "v"}]}),
    );
    let value = away(&mut stage, "GetSecretValue", id());
    assert_eq!(value["SecretString"], "two");
    assert_eq!(
        away(&mut stage, "DescribeSecret", id())["Tags"],
        json!([{"Key": "k", "Value": "v"}])
    );
    let primary = json!({"Filters": [{"Key": "primary-region", "Values": ["us-"]}]});
    let listed = away(&mut stage, "ListSecrets", primary);
    assert_eq!(listed["SecretList"][0]["PrimaryRegion"], HOME);
}

#[test]
fn a_replica_without_a_key_of_its_own_has_the_default_key_of_its_region() {
    let mut stage = stage();
    let regions = json!([{"Region": AWAY}]);
    let request = json!({"Name": "s", "SecretString": "one", "AddReplicaRegions": regions});
    let status = &stage.must("CreateSecret", request)["ReplicationStatus"][0];
    assert_eq!(status["KmsKeyId"], "alias/aws/secretsmanager");
    assert_eq!(status["StatusMessage"], "Replication succeeded");
}

#[test]
fn a_replica_whose_key_is_in_another_region_fails() {
    let mut stage = stage();
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "one"}));
    let key = |region: &str| format!("arn:aws:kms:{region}:{OWNER}:key/k");
    let replicate = |key: String| json!({"SecretId": "s", "AddReplicaRegions": [{"Region": AWAY, "KmsKeyId": key}]});
    let failed = stage.must("ReplicateSecretToRegions", replicate(key(HOME)));
    assert_eq!(failed["ReplicationStatus"][0]["Status"], "Failed");
    let caller = stage.caller.replace((OWNER, AWAY));
    refused(
        &stage.call("DescribeSecret", id()),
        "ResourceNotFoundException",
        "",
    );
    stage.caller = caller;
    let again = stage.must("ReplicateSecretToRegions", replicate(key(AWAY)));
    assert_eq!(again["ReplicationStatus"][0]["Status"], "InSync");
}

#[test]
fn the_key_of_a_replica_can_be_changed_where_it_is() {
    let mut stage = stage();
    replicated(&mut stage);
    let key = json!({"SecretId": "s", "KmsKeyId": "alias/other"});
    away(&mut stage, "UpdateSecret", key);
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "two"}),
    );
    assert_eq!(
        away(&mut stage, "DescribeSecret", id())["KmsKeyId"],
        "alias/other"
    );
    assert_eq!(
        away(&mut stage, "GetSecretValue", id())["SecretString"],
        "two"
    );
    let home = stage.must("DescribeSecret", id());
    assert_eq!(home["ReplicationStatus"][0]["KmsKeyId"], "alias/other");
    assert_eq!(home["KmsKeyId"], Value::Null, "the primary keeps its own");
}

#[test]
fn a_rotation_of_the_primary_reaches_the_replica_which_does_not_rotate_by_itself() {
    let mut stage = stage();
    replicated(&mut stage);
    let rules = json!({"AutomaticallyAfterDays": 1});
    let rotate = json!({"SecretId": "s", "RotationLambdaARN": FUNCTION, "RotationRules": rules});
    let token = stage.must("RotateSecret", rotate)["VersionId"].clone();
    stage.rotate();
    let value = away(&mut stage, "GetSecretValue", id());
    assert_eq!(value["VersionId"], token);
    assert_eq!(value["VersionStages"], json!(["AWSCURRENT"]));
    stage.now = stage.now.plus_days(1);
    stage.engine.handle_timeout(stage.now);
    let mut runs = 0;
    stage.rotate_with(|stage, event| {
        runs += 1;
        assert!(event.secret_id.contains(HOME));
        stage.step(event);
    });
    assert_eq!(runs, 4, "one rotation, in the primary's Region");
}

#[test]
fn a_replica_is_changed_by_its_primary_only() {
    let mut stage = stage();
    replicated(&mut stage);
    stage.caller = Some((OWNER, AWAY));
    for (operation, request) in [
        (
            "PutSecretValue",
            json!({"SecretId": "s", "SecretString": "x"}),
        ),
        ("UpdateSecret", json!({"SecretId": "s", "Description": "x"})),
        ("DeleteSecret", id()),
        (
            "DeleteSecret",
            json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true}),
        ),
        (
            "RotateSecret",
            json!({"SecretId": "s", "RotationLambdaARN": FUNCTION}),
        ),
        ("CancelRotateSecret", id()),
        (
            "TagResource",
            json!({"SecretId": "s", "Tags": [{"Key": "k"}]}),
        ),
        ("UntagResource", json!({"SecretId": "s", "TagKeys": ["k"]})),
        (
            "PutResourcePolicy",
            json!({"SecretId": "s", "ResourcePolicy": "{}"}),
        ),
        ("DeleteResourcePolicy", id()),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "s", "VersionStage": "X"}),
        ),
        (
            "ReplicateSecretToRegions",
            json!({"SecretId": "s", "AddReplicaRegions": [{"Region": "us-west-2"}]}),
        ),
        (
            "RemoveRegionsFromReplication",
            json!({"SecretId": "s", "RemoveReplicaRegions": [AWAY]}),
        ),
    ] {
        let answer = stage.call(operation, request);
        refused(
            &answer,
            "InvalidParameterException",
            "Operation not permitted on a replica secret",
        );
    }
}

#[test]
fn regions_are_added_refused_and_removed() {
    let mut stage = stage();
    replicated(&mut stage);
    let own = json!({"SecretId": "s", "AddReplicaRegions": [{"Region": HOME}]});
    let answer = stage.call("ReplicateSecretToRegions", own);
    refused(
        &answer,
        "InvalidParameterException",
        "Invalid replica region.",
    );
    let answer = stage.call("DeleteSecret", id());
    refused(
        &answer,
        "InvalidParameterException",
        "still has replica regions [eu-west-1].",
    );
    let unknown = json!({"SecretId": "s", "RemoveReplicaRegions": ["us-west-2"]});
    refused(
        &stage.call("RemoveRegionsFromReplication", unknown),
        "InvalidParameterException",
        "us-west-2",
    );
    let removed = json!({"SecretId": "s", "RemoveReplicaRegions": [AWAY]});
    let removed = stage.must("RemoveRegionsFromReplication", removed);
    assert_eq!(removed["ReplicationStatus"], json!([]));
    stage.caller = Some((OWNER, AWAY));
    refused(
        &stage.call("DescribeSecret", id()),
        "ResourceNotFoundException",
        "",
    );
    stage.caller = Some((OWNER, HOME));
    stage.must("DeleteSecret", id());
}

#[test]
fn a_name_that_is_taken_fails_the_replica_unless_it_may_be_overwritten() {
    let mut stage = stage();
    away(
        &mut stage,
        "CreateSecret",
        json!({"Name": "s", "SecretString": "theirs"}),
    );
    stage.must("CreateSecret", json!({"Name": "s", "SecretString": "ours"}));
    let mut request = json!({"SecretId": "s", "AddReplicaRegions": [{"Region": AWAY}]});
    let failed = stage.must("ReplicateSecretToRegions", request.clone());
    let status = &failed["ReplicationStatus"][0];
    assert_eq!(status["Status"], "Failed");
    assert_eq!(
        status["StatusMessage"],
        "Secret with this name already exists in this region"
    );
    assert_eq!(
        away(&mut stage, "GetSecretValue", id())["SecretString"],
        "theirs"
    );
    request["ForceOverwriteReplicaSecret"] = json!(true);
    let done = stage.must("ReplicateSecretToRegions", request);
    assert_eq!(
        done["ReplicationStatus"],
        json!([{
            "Region": AWAY,
            "Status": "InSync",
            "StatusMessage": "Replication succeeded",
            "KmsKeyId": "alias/aws/secretsmanager",
        }])
    );
    assert_eq!(
        away(&mut stage, "GetSecretValue", id())["SecretString"],
        "ours"
    );
}

#[test]
fn a_replica_that_is_stopped_goes_its_own_way() {
    let mut stage = stage();
    replicated(&mut stage);
    refused(
        &stage.call("StopReplicationToReplica", id()),
        "InvalidRequestException",
        "not a replica",
    );
    let stopped = away(&mut stage, "StopReplicationToReplica", id());
    assert!(stopped["ARN"].as_str().expect("an ARN").contains(AWAY));
    away(
        &mut stage,
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "apart"}),
    );
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "home"}),
    );
    assert_eq!(
        away(&mut stage, "GetSecretValue", id())["SecretString"],
        "apart"
    );
    assert_eq!(
        stage.must("DescribeSecret", id())["ReplicationStatus"],
        Value::Null
    );
}

const THERE: (&str, &str) = (OTHER, HOME);

/// A primary, and the copy that another account made for it; both ARNs.
fn tied_pair(stage: &mut Stage) -> (Value, Value) {
    let create = json!({"Name": "s", "SecretString": "one"});
    let primary = stage.must("CreateSecret", create)["ARN"].clone();
    let create = json!({"Name": "c", "KmsKeyId": "k", "CrossAccountPrimaryARN": primary});
    let copy = call(stage, THERE, "CreateSecret", create)["ARN"].clone();
    (primary, copy)
}

#[test]
fn a_copy_for_another_account_is_created_with_a_key_and_nothing_else() {
    let mut stage = stage();
    let (primary, _) = tied_pair(&mut stage);
    let described = call(
        &mut stage,
        THERE,
        "DescribeSecret",
        json!({"SecretId": "c"}),
    );
    let pending = json!({"PrimarySecretARN": primary, "ReplicationStatus": "Pending"});
    assert_eq!(described["CrossAccountPrimary"], pending);
    stage.caller = Some(THERE);
    for (member, value, told) in [
        ("SecretString", json!("x"), "no value"),
        ("Description", json!("x"), "no Description"),
        ("Type", json!("x"), "no Type"),
        (
            "AddReplicaRegions",
            json!([{"Region": AWAY}]),
            "no AddReplicaRegions",
        ),
        ("KmsKeyId", Value::Null, "a KmsKeyId"),
    ] {
        let mut create = json!({"Name": "d", "KmsKeyId": "k", "CrossAccountPrimaryARN": primary});
        create[member] = value;
        refused(
            &stage.call("CreateSecret", create),
            "InvalidParameterException",
            told,
        );
    }
}

#[test]
fn only_one_copy_in_another_account_of_the_region_is_associated() {
    let mut stage = stage();
    let (primary, copy) = tied_pair(&mut stage);
    let tie = |arn: &str| json!({"SecretId": "s", "CrossAccountReplicaARN": arn});
    let (primary, copy) = (
        primary.as_str().expect("an ARN"),
        copy.as_str().expect("an ARN"),
    );
    for _ in 0..2 {
        let tied = stage.must("AssociateCrossAccountReplica", tie(copy));
        let expected =
            json!({"ARN": primary, "CrossAccountReplicaARN": copy, "ReplicationStatus": "InSync"});
        assert_eq!(tied, expected);
    }
    let second = stage.call(
        "AssociateCrossAccountReplica",
        tie(&copy.replace(":c-", ":d-")),
    );
    refused(&second, "LimitExceededException", "already");
    for (arn, why) in [
        ("x".repeat(20), "not the ARN"),
        (primary.replace(HOME, AWAY), "another Region"),
        (primary.to_owned(), "same account"),
    ] {
        let answer = stage.call("AssociateCrossAccountReplica", tie(&arn));
        refused(&answer, "InvalidParameterException", why);
    }
}

#[test]
fn a_copy_in_another_account_follows_until_it_is_parted() {
    let mut stage = stage();
    let (primary, copy) = tied_pair(&mut stage);
    let tie = json!({"SecretId": "s", "CrossAccountReplicaARN": copy});
    stage.must("AssociateCrossAccountReplica", tie.clone());
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "two"}),
    );
    let read = json!({"SecretId": "c"});
    let value = call(&mut stage, THERE, "GetSecretValue", read.clone());
    assert_eq!(value["SecretString"], "two");
    let home = stage.must("DescribeSecret", id());
    let replicas = json!([{"ReplicaSecretARN": copy, "ReplicationStatus": "InSync"}]);
    assert_eq!(home["CrossAccountReplicas"], replicas);

    let parted = stage.must("DisassociateCrossAccountReplica", tie.clone());
    assert_eq!(
        parted,
        json!({"ARN": primary, "CrossAccountReplicaARN": copy})
    );
    let again = stage.call("DisassociateCrossAccountReplica", tie);
    refused(&again, "InvalidParameterException", "not associated");
    stage.must(
        "PutSecretValue",
        json!({"SecretId": "s", "SecretString": "three"}),
    );
    let value = call(&mut stage, THERE, "GetSecretValue", read.clone());
    assert_eq!(value["SecretString"], "two");
    let described = call(&mut stage, THERE, "DescribeSecret", read);
    assert_eq!(
        described["CrossAccountPrimary"]["ReplicationStatus"],
        "Detached"
    );
}

#[test]
fn arns_have_the_partition_of_their_region() {
    for (region, partition) in [
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        (AWAY, "aws"),
    ] {
        let mut stage = stage();
        stage.caller = Some((OWNER, region));
        let arn =
            stage.must("CreateSecret", json!({"Name": "s", "SecretString": "x"}))["ARN"].clone();
        let arn = arn.as_str().expect("an ARN");
        assert!(
            arn.starts_with(&format!(
                "arn:{partition}:secretsmanager:{region}:{OWNER}:secret:s-"
            )),
            "{arn}"
        );
        for id in [arn, &arn[..arn.len() - 7]] {
            stage.must("GetSecretValue", json!({"SecretId": id}));
        }
        let elsewhere = arn.replace(&format!("arn:{partition}:"), "arn:aws-iso:");
        refused(
            &stage.call("GetSecretValue", json!({"SecretId": elsewhere})),
            "ResourceNotFoundException",
            "",
        );
    }
}
