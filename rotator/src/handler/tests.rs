//! Whole invocations: the entry checks, the steps and what goes wrong in them.

use crate::error::Class;
use crate::scripted::*;
use serde_json::{Value, json};

fn with(member: &str, value: Value) -> Answer {
    let mut secret = json!({
        "ARN": ARN, "RotationEnabled": true,
        "VersionIdsToStages": { V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] },
    });
    secret[member] = value;
    ok(secret)
}

async fn refused(answers: Vec<Answer>) -> &'static str {
    let lines = answers
        .into_iter()
        .map(|answer| ("DescribeSecret", answer))
        .collect();
    let error = Script::new(lines).run("setSecret").await.unwrap_err();
    error.error_type()
}

#[tokio::test(start_paused = true)]
async fn a_clean_rotation_makes_these_calls_and_no_others() {
    let n = key('n');
    let keys = || listed(&[(&n, &marker(TOKEN, 0), 98), ("foreign", "mobile-app", 9)]);
    let describe = || ("DescribeSecret", pending());
    let value = || ("GetSecretValue", stored(&n, 60));
    let current = || ("GetSecretValue", stored("CHANGE_ME", 60));
    let probe = || ("Probe n", accepted());
    let steps: [(&str, Vec<_>); 4] = [
        (
            "createSecret",
            vec![
                describe(),
                ("GetSecretValue", no_value()),
                current(),
                ("ListApiKeys", listed(&[("foreign", "mobile-app", 9)])),
                ("CreateApiKey", created(&n)),
                ("PutSecretValue", done()),
            ],
        ),
        (
            "setSecret",
            vec![describe(), value(), ("ListApiKeys", keys())],
        ),
        (
            "testSecret",
            vec![
                describe(),
                value(),
                ("GetGraphqlApi", data_plane()),
                probe(),
                probe(),
            ],
        ),
        (
            "finishSecret",
            vec![
                describe(),
                value(),
                ("ListApiKeys", keys()),
                probe(),
                describe(),
                ("UpdateSecretVersionStage", done()),
            ],
        ),
    ];
    let (names, lines): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
    let script = Script::new(lines.into_iter().flatten().collect());
    assert_eq!(script.run_all(&names).await.unwrap().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_current_needs_nothing_more() {
    for step in ["createSecret", "setSecret", "testSecret"] {
        let answer = described(json!({ TOKEN: ["AWSCURRENT", "AWSPENDING"] }));
        let calls = Script::new(vec![("DescribeSecret", answer)])
            .run(step)
            .await;
        assert_eq!(calls.unwrap().len(), 1);
    }
}

/// Only the value names the API: it is read once, and never again by the same process.
#[tokio::test(start_paused = true)]
async fn a_finish_repeated_needs_the_labels_and_the_list() {
    let mut answer = json!({ "ARN": ARN, "RotationEnabled": true });
    answer["VersionIdsToStages"] = json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT"] });
    let again = || {
        [
            ("DescribeSecret", ok(answer.clone())),
            ("ListApiKeys", listed(&[])),
        ]
    };
    let value = json!({ "apiId": API, "APIKEY": key('n') }).to_string();
    let value = ("GetSecretValue", ok(json!({ "SecretString": value })));
    let [first, list] = again();
    let lines = [first, value, list].into_iter().chain(again());
    let script = Script::new(lines.collect());
    let twice = script.run_all(&["finishSecret", "finishSecret"]);
    assert!(twice.await.is_ok());
}

/// Only the value names the API, but the service has ended the rotation: nothing is left to do.
#[tokio::test(start_paused = true)]
async fn a_finish_repeated_after_the_end_needs_the_labels_alone() {
    let described = |changed: i64, labels: Value| {
        let secret = json!({
            "ARN": ARN, "RotationEnabled": true, "VersionIdsToStages": labels,
            "LastRotatedDate": NOW, "LastChangedDate": changed,
        });
        ("DescribeSecret", ok(secret))
    };
    let ended = || json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT"] });
    let script = Script::new(vec![described(NOW + 60, ended())]);
    assert_eq!(script.run("finishSecret").await.unwrap().len(), 1);

    // The label is still there, or something has changed since the service dated a rotation.
    let value = json!({ "apiId": API, "APIKEY": key('n') }).to_string();
    let labelled = json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT", "AWSPENDING"] });
    for described in [described(NOW, labelled), described(NOW + 61, ended())] {
        let value = ok(json!({ "SecretString": value }));
        let (value, list) = (("GetSecretValue", value), ("ListApiKeys", listed(&[])));
        let script = Script::new(vec![described, value, list]);
        script.run("finishSecret").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn the_entry_contract_is_kept() {
    assert_eq!(
        refused(vec![with("RotationEnabled", json!(false))]).await,
        "RotationDisabled"
    );
    assert_eq!(
        refused(vec![with("DeletedDate", json!(NOW))]).await,
        "SecretDeleted"
    );
    assert_eq!(
        refused(vec![with("PrimaryRegion", json!("us-east-1"))]).await,
        "ReplicaSecret"
    );
    assert_eq!(
        refused(vec![error(400, "AccessDeniedException")]).await,
        "AccessDenied"
    );
}

#[tokio::test(start_paused = true)]
async fn labels_that_say_no_are_looked_at_three_times() {
    let started = tokio::time::Instant::now();
    let labels = |labels: Value| with("VersionIdsToStages", labels);
    let not_pending = labels(json!({ TOKEN: ["LKG"], V2: ["AWSPENDING"] }));
    assert_eq!(refused(vec![not_pending; 3]).await, "NotPending");
    assert_eq!(
        refused(vec![labels(json!({ V2: ["AWSCURRENT"] })); 3]).await,
        "NoStage"
    );
    assert_eq!(refused(vec![no_value(); 3]).await, "SecretGone");
    assert_eq!(started.elapsed().as_millis(), 3_000);

    let late = Script::new(vec![
        ("DescribeSecret", labels(json!({ V2: ["AWSCURRENT"] }))),
        (
            "DescribeSecret",
            described(json!({ TOKEN: ["AWSCURRENT"] })),
        ),
    ]);
    assert!(late.run("setSecret").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn rotation_never_configured_leaves_it_to_the_labels() {
    let unconfigured = with("RotationEnabled", Value::Null);
    let script = Script::new(vec![
        ("DescribeSecret", unconfigured),
        ("GetSecretValue", ok(json!({ "SecretString": "random" }))),
    ]);
    assert_eq!(
        script.run("testSecret").await.unwrap_err().error_type(),
        "PendingNotAKey"
    );
}

#[tokio::test(start_paused = true)]
async fn other_secrets_are_refused_before_their_value_is_read() {
    let mut script = Script::new(vec![("DescribeSecret", pending())]);
    script.settings.allow_list = vec!["arn:other".into()];
    assert_eq!(
        script.run("createSecret").await.unwrap_err().error_type(),
        "SecretNotAllowed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_bad_step_and_a_past_deadline_make_no_call() {
    let bad = Script::new(vec![]).run("bogus").await.unwrap_err();
    assert_eq!(
        (bad.error_type(), bad.class()),
        ("InvalidStep", Class::Permanent)
    );
    let late = Script::new(vec![])
        .run_within("setSecret", 1)
        .await
        .unwrap_err();
    assert_eq!(
        (late.error_type(), late.class()),
        ("DeadlineNear", Class::Retryable)
    );
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_service_is_reported_within_fifteen_seconds() {
    let started = tokio::time::Instant::now();
    let script = Script::new(vec![("DescribeSecret", Answer::Hang); 3]);
    assert_eq!(
        script.run("setSecret").await.unwrap_err().error_type(),
        "Unreachable"
    );
    assert!(started.elapsed().as_secs() <= 15);
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_by_the_sdk() {
    let throttled = || ("DescribeSecret", error(400, "ThrottlingException"));
    let done = described(json!({ TOKEN: ["AWSCURRENT"] }));
    let script = Script::new(vec![throttled(), throttled(), ("DescribeSecret", done)]);
    assert!(script.run("setSecret").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_is_repeated_for_a_minute() {
    let started = tokio::time::Instant::now();
    let throttled = || ("DescribeSecret", error(400, "ThrottlingException"));
    let done = described(json!({ TOKEN: ["AWSCURRENT"] }));
    let long = vec![throttled(); 15].into_iter();
    let script = Script::new(long.chain([("DescribeSecret", done)]).collect());
    assert!(script.run("setSecret").await.is_ok());
    assert!((10..60).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_has_room_is_given_up_before_the_deadline() {
    for (deadline, tries) in [(900, 30), (30, 18)] {
        let started = tokio::time::Instant::now();
        let throttled = ("DescribeSecret", error(400, "ThrottlingException"));
        let script = Script::new(vec![throttled; tries]);
        let error = script.run_within("setSecret", deadline).await.unwrap_err();
        assert_eq!(error.error_type(), "Throttled");
        assert!(started.elapsed().as_secs() <= deadline.min(75) - 5);
    }
}

#[test]
fn an_invocation_may_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let work = async |rotator: crate::Rotator| {
        let _ = rotator
            .handle(crate::RotationEvent::default(), std::time::UNIX_EPOCH)
            .await;
    };
    let _ = |rotator| assert_send(&work(rotator));
}
