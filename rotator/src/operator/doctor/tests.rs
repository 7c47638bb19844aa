//! The examination against scripted answers.

use super::{Examination, Health};
use crate::scripted::*;
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

async fn examine(script: &Script, asks_about_writes: bool) -> Examination {
    let deadline = UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs() + 900);
    script
        .watch(async |rotator| Ok(rotator.examine(ARN, asks_about_writes, deadline).await))
        .await
        .unwrap()
}

fn check(examination: &Examination, name: &str) -> (Health, String) {
    let mut named = examination.findings.iter().filter(|f| f.check == name);
    let finding = named
        .next()
        .unwrap_or_else(|| panic!("no {name}: {examination:?}"));
    (finding.health, finding.detail.clone())
}

/// AWSCURRENT on V2 with the key c, and whatever comes after its value was read.
fn settled(rest: Vec<(&'static str, Answer)>) -> Script {
    let labels = described(json!({ V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"] }));
    let start = [
        ("DescribeSecret", labels),
        ("GetSecretValue", stored(&key('c'), 60)),
    ];
    Script::new(start.into_iter().chain(rest).collect())
}

fn healthy_keys() -> Answer {
    listed(&[
        (&key('c'), &marker(V2, 10), 88),
        (&key('p'), &marker(V1, 40), 58),
        ("foreign", "by hand", 3),
    ])
}

#[tokio::test(start_paused = true)]
async fn a_healthy_secret_is_told_to_be_one() {
    let script = settled(vec![
        ("ListApiKeys", healthy_keys()),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", accepted()),
    ]);
    let examination = examine(&script, false).await;
    assert_eq!(examination.health(), Health::Good, "{examination:?}");
    let (_, headroom) = check(&examination, "headroom");
    assert_eq!(
        headroom,
        "3 of 50 keys: 2 of this secret, 1 that it never touches"
    );
    assert!(
        check(&examination, "current key")
            .1
            .ends_with("expires in 88 days")
    );
    assert!(
        check(&examination, "previous key")
            .1
            .ends_with("expires in 58 days")
    );
    assert!(
        check(&examination, "data plane")
            .1
            .ends_with("accepts the current key")
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_named() {
    let labels = ok(json!({
        "ARN": ARN, "RotationEnabled": true, "NextRotationDate": NOW - 2 * DAY,
        "RotationRules": { "AutomaticallyAfterDays": 30 }, "LastChangedDate": NOW - 3 * DAY,
        "Tags": [{ "Key": "smrot:api-id", "Value": API }],
        "ReplicationStatus": [{ "Region": "eu-west-2", "Status": "InProgress" }],
        "VersionIdsToStages": { V2: ["AWSCURRENT"], V1: ["AWSPREVIOUS"], TOKEN: ["AWSPENDING"] },
    }));
    let script = Script::new(vec![
        ("DescribeSecret", labels),
        ("GetSecretValue", no_value()),
        ("GetSecretValue", stored(&key('c'), 60)),
        (
            "ListApiKeys",
            listed(&[
                (&key('c'), "by hand", 3),
                (&key('p'), &marker(V1, 90), -1),
                (&key('o'), &marker("older", 90), 9),
            ]),
        ),
        ("GetSecretValue", no_value()),
        ("GetSecretValue", stored(&key('c'), 60)),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", rejected()),
    ]);
    let examination = examine(&script, false).await;
    for (name, words) in [
        ("rotation", "overdue for 48 h"),
        ("pending", "for 72 h, with no value yet"),
        ("replicas", "not in sync"),
        ("current key", "no marker of ours"),
        ("previous key", "has expired"),
        ("data plane", "refuses the current key"),
    ] {
        let (health, detail) = check(&examination, name);
        assert!(
            health == Health::Bad && detail.contains(words),
            "{name}: {detail}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_at_is_a_finding_with_its_error_type() {
    let denied = || error(400, "AccessDeniedException");
    let blind = Script::new(vec![("DescribeSecret", denied())]);
    let examination = examine(&blind, false).await;
    assert_eq!(examination.findings[0].error_type, Some("AccessDenied"));

    let labels = described(json!({ V2: ["AWSCURRENT"] }));
    let value = Script::new(vec![
        ("DescribeSecret", labels),
        ("GetSecretValue", denied()),
    ]);
    assert_eq!(check(&examine(&value, false).await, "value").0, Health::Bad);

    let keys = settled(vec![("ListApiKeys", denied()), ("GetGraphqlApi", denied())]);
    let examination = examine(&keys, false).await;
    assert_eq!(check(&examination, "keys").0, Health::Bad);
    assert_eq!(check(&examination, "data plane").0, Health::Bad);
}

#[tokio::test(start_paused = true)]
async fn writes_are_asked_about_without_writing() {
    let script = settled(vec![
        ("ListApiKeys", healthy_keys()),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", accepted()),
        ("PutSecretValue", error(400, "ResourceExistsException")),
        (
            "UpdateSecretVersionStage",
            error(400, "InvalidParameterException"),
        ),
        (
            "CreateApiKey",
            error(400, "ApiKeyValidityOutOfBoundsException"),
        ),
        ("UpdateApiKey", error(403, "AccessDeniedException")),
        ("DeleteApiKey", error(404, "NotFoundException")),
    ]);
    let examination = examine(&script, true).await;
    let asked = examination
        .findings
        .iter()
        .filter(|f| f.check == "permission");
    let asked: Vec<_> = asked.map(|f| (f.health, f.detail.as_str())).collect();
    let allowed = |action: &'static str| (Health::Good, action);
    assert_eq!(
        asked[..2],
        [
            allowed("secretsmanager:PutSecretValue is allowed"),
            allowed("secretsmanager:UpdateSecretVersionStage is allowed"),
        ]
    );
    assert_eq!(asked[2], allowed("appsync:CreateApiKey is allowed"));
    assert_eq!(
        asked[3],
        (Health::Bad, "appsync:UpdateApiKey is not allowed")
    );
    assert_eq!(asked[4], allowed("appsync:DeleteApiKey is allowed"));
    let calls = script.calls();
    let put = &calls[5].body;
    // A version that exists already: its value cannot be changed.
    assert_eq!(put["ClientRequestToken"], V2);
    assert_eq!(calls[7].body["expires"], 1);
    assert!(calls[8].path.ends_with("/apikeys/none") && calls[9].path.ends_with("/apikeys/none"));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_should_not_have_been_made_is_deleted_at_once() {
    let script = settled(vec![
        ("ListApiKeys", healthy_keys()),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", accepted()),
        ("PutSecretValue", error(400, "ResourceExistsException")),
        (
            "UpdateSecretVersionStage",
            error(400, "InvalidParameterException"),
        ),
        ("CreateApiKey", created(&key('x'))),
        ("DeleteApiKey", done()),
        ("UpdateApiKey", error(404, "NotFoundException")),
        ("DeleteApiKey", error(404, "NotFoundException")),
    ]);
    assert_eq!(examine(&script, true).await.health(), Health::Good);
    assert!(script.calls()[8].path.ends_with(&key('x')));
}

#[test]
fn room_is_told_by_numbers_and_the_limit_is_a_fault() {
    use super::checks::headroom;
    use crate::key::{Key, ListedKey};

    let keys = |total: usize| -> Vec<ListedKey> {
        let marker = |number: usize| {
            (number < 4).then(|| crate::marker::Marker {
                owner: crate::marker::Owner::of(ARN),
                version: V2.into(),
                created: NOW,
            })
        };
        let key = |number: usize| ListedKey {
            key: Key::listed(&key('a')),
            marker: marker(number),
            expires: NOW,
        };
        (0..total).map(key).collect()
    };
    for (total, health, error_type) in [
        (39, Health::Good, None),
        (40, Health::Note, None),
        (49, Health::Note, None),
        (50, Health::Bad, Some("KeyLimitReached")),
    ] {
        let finding = headroom(&keys(total));
        assert_eq!(
            (finding.health, finding.error_type),
            (health, error_type),
            "{total}"
        );
        let counted = format!("{total} of 50 keys: 4 of this secret, {} that", total - 4);
        assert!(finding.detail.starts_with(&counted), "{}", finding.detail);
    }
}

#[test]
fn what_no_service_answered_is_no_refusal() {
    use super::permission;
    use crate::aws::Meaning;

    for (meaning, health, error_type) in [
        (None, Health::Good, None),
        (Some(Meaning::Gone), Health::Good, None),
        (Some(Meaning::Denied), Health::Bad, Some("AccessDenied")),
        (Some(Meaning::Throttled), Health::Note, None),
        (Some(Meaning::Unknown), Health::Note, None),
        (Some(Meaning::Unanswered), Health::Note, None),
    ] {
        let finding = permission("appsync:X", meaning);
        assert_eq!(
            (finding.health, finding.error_type),
            (health, error_type),
            "{meaning:?}"
        );
    }
}

/// Overdue is what should have been done more than a day ago; what is left over is told.
#[tokio::test(start_paused = true)]
async fn a_rotation_is_overdue_a_day_after_its_date() {
    for (enabled, next, expected, error_type) in [
        (true, NOW - DAY, Health::Good, None),
        (true, NOW - DAY - 1, Health::Bad, None),
        (true, NOW + DAY, Health::Good, None),
        (false, NOW + DAY, Health::Bad, Some("RotationDisabled")),
    ] {
        let labels = ok(json!({
            "ARN": ARN, "RotationEnabled": enabled, "NextRotationDate": next,
            "RotationRules": { "AutomaticallyAfterDays": 30 },
            "Tags": [{ "Key": "smrot:api-id", "Value": API }],
            "VersionIdsToStages": { V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"] },
        }));
        let script = Script::new(vec![
            ("DescribeSecret", labels),
            ("GetSecretValue", stored(&key('c'), 60)),
            ("ListApiKeys", healthy_keys()),
            ("GetGraphqlApi", data_plane()),
            ("Probe c", accepted()),
        ]);
        let examination = examine(&script, false).await;
        let mut rotation = examination
            .findings
            .iter()
            .filter(|it| it.check == "rotation");
        let finding = rotation.next().unwrap();
        assert_eq!(
            (finding.health, finding.error_type),
            (expected, error_type),
            "{next}"
        );
        assert!(
            examination
                .findings
                .iter()
                .all(|it| it.check != "left-over keys")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn keys_that_nobody_names_any_more_are_told() {
    let left_over = listed(&[
        (&key('c'), &marker(V2, 10), 88),
        (&key('p'), &marker(V1, 40), 58),
        (&key('o'), &marker("older", 90), 30),
    ]);
    let script = settled(vec![
        ("ListApiKeys", left_over),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", accepted()),
    ]);
    let (health, detail) = check(&examine(&script, false).await, "left-over keys");
    assert_eq!(health, Health::Note);
    assert!(detail.starts_with("1 of our keys"), "{detail}");
}
