//! finishSecret against scripted answers.

use crate::scripted::*;
use serde_json::json;

fn start(keys: &[(&str, &str, i64)]) -> Vec<(&'static str, Answer)> {
    vec![
        ("DescribeSecret", third()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("ListApiKeys", listed(keys)),
        ("GetGraphqlApi", data_plane()),
        ("Probe n", accepted()),
    ]
}

/// The labels in the middle of a third rotation.
fn third() -> Answer {
    described(json!({ V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] }))
}

fn finished() -> Answer {
    described(json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT", "AWSPENDING"] }))
}

fn script(
    keys: &[(&str, &str, i64)],
    rest: impl IntoIterator<Item = (&'static str, Answer)>,
) -> Script {
    Script::new(start(keys).into_iter().chain(rest).collect())
}

const MOVE: &str = "UpdateSecretVersionStage";

#[tokio::test(start_paused = true)]
async fn the_label_moves_and_the_key_of_two_rotations_ago_runs_out() {
    let script = script(
        &[
            (&key('n'), &marker(TOKEN, 0), 98),
            ("foreign", "mobile-app", 200),
            (&key('c'), &marker(V2, 30), 68),
            (&key('p'), &marker(V1, 60), 38),
            (&key('d'), &marker("older", 200), -3),
        ],
        [
            ("DescribeSecret", third()),
            (MOVE, done()),
            // The list says which key belongs to which labelled version: no value is read.
            ("UpdateApiKey", done()),
            ("DeleteApiKey", done()),
        ],
    );
    let calls = script.run("finishSecret").await.unwrap();
    let moved = &calls[6].body;
    assert_eq!(moved["MoveToVersionId"], TOKEN);
    assert_eq!(moved["RemoveFromVersionId"], V2);
    assert_eq!(moved["VersionStage"], "AWSCURRENT");
    assert!(calls[7].path.ends_with(&key('p')));
    let left = calls[7].body["expires"].as_i64().unwrap() - NOW;
    assert!((25 * 3_600..26 * 3_600).contains(&left), "{left}");
    assert!(calls[8].path.ends_with(&key('d')));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_used_is_never_promoted() {
    let gone = || ("ListApiKeys", listed(&[]));
    let two = |answer| vec![("DescribeSecret", third()), ("GetSecretValue", answer)];
    let deleted = two(stored(&key('n'), 0))
        .into_iter()
        .chain([gone(), gone(), gone()]);
    let error = Script::new(deleted.collect())
        .run("finishSecret")
        .await
        .unwrap_err();
    assert_eq!(error.error_type(), "PendingKeyGone");

    let expired = (
        "ListApiKeys",
        listed(&[(&key('n'), &marker(TOKEN, 99), -1)]),
    );
    let expired = two(stored(&key('n'), 0)).into_iter().chain([expired]);
    let error = Script::new(expired.collect())
        .run("finishSecret")
        .await
        .unwrap_err();
    assert_eq!(error.error_type(), "PendingKeyExpired");

    let mut refused = start(&[(&key('n'), &marker(TOKEN, 0), 98)]);
    refused[4].1 = rejected();
    let error = Script::new(refused).run("finishSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "ProbeRejected");
}

#[tokio::test(start_paused = true)]
async fn a_lost_or_refused_move_is_decided_by_the_labels() {
    let keys = [(&*key('n'), &*marker(TOKEN, 0), 98)];
    let moved_after_all = script(
        &keys,
        [
            ("DescribeSecret", third()),
            (MOVE, error(400, "InvalidParameterException")),
            ("DescribeSecret", finished()),
        ],
    );
    moved_after_all.run("finishSecret").await.unwrap();

    // A paused invocation of an older rotation: another version is pending, so it stops.
    let superseded = script(
        &keys,
        [
            ("DescribeSecret", third()),
            (MOVE, error(400, "InvalidParameterException")),
            (
                "DescribeSecret",
                described(json!({ V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"] })),
            ),
        ],
    );
    assert_eq!(
        superseded
            .run("finishSecret")
            .await
            .unwrap_err()
            .error_type(),
        "NoStage"
    );

    let holder_changed = script(
        &keys,
        [
            ("DescribeSecret", third()),
            (MOVE, error(400, "InvalidParameterException")),
            (
                "DescribeSecret",
                described(json!({ V1: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] })),
            ),
            (MOVE, done()),
        ],
    );
    let calls = holder_changed.run("finishSecret").await.unwrap();
    assert_eq!(calls.last().unwrap().body["RemoveFromVersionId"], V1);
}

#[tokio::test(start_paused = true)]
async fn three_refused_moves_are_enough() {
    let round = || {
        [
            ("DescribeSecret", third()),
            (MOVE, error(400, "InvalidParameterException")),
        ]
    };
    let rounds = [round(), round(), round()].into_iter().flatten();
    let script = script(
        &[(&key('n'), &marker(TOKEN, 0), 98)],
        rounds.chain([("DescribeSecret", third())]),
    );
    assert_eq!(
        script.run("finishSecret").await.unwrap_err().error_type(),
        "MoveConflict"
    );
    let denied = self::script(
        &[(&key('n'), &marker(TOKEN, 0), 98)],
        [
            ("DescribeSecret", third()),
            (MOVE, error(400, "AccessDeniedException")),
        ],
    );
    assert_eq!(
        denied.run("finishSecret").await.unwrap_err().error_type(),
        "AccessDenied"
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_current_version_nothing_is_named_to_remove_from() {
    let first = || described(json!({ TOKEN: ["AWSPENDING"] }));
    let mut lines = start(&[(&key('n'), &marker(TOKEN, 0), 98)]);
    lines[0].1 = first();
    lines.extend([("DescribeSecret", first()), (MOVE, done())]);
    let calls = Script::new(lines).run("finishSecret").await.unwrap();
    assert!(
        calls
            .last()
            .unwrap()
            .body
            .get("RemoveFromVersionId")
            .is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn retirement_that_fails_does_not_fail_the_step() {
    let script = script(
        &[
            (&key('n'), &marker(TOKEN, 0), 98),
            (&key('c'), &marker(V2, 30), 68),
            (&key('p'), &marker(V1, 60), 38),
            (&key('q'), &marker("older", 200), -3),
        ],
        [
            ("DescribeSecret", third()),
            (MOVE, done()),
            ("UpdateApiKey", error(403, "AccessDeniedException")),
            ("DeleteApiKey", error(404, "NotFoundException")),
        ],
    );
    script.run("finishSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_clock_asks_for_more_than_a_day_the_second_time() {
    let script = script(
        &[
            (&key('n'), &marker(TOKEN, 0), 98),
            (&key('c'), &marker(V2, 30), 68),
            (&key('p'), &marker(V1, 60), 38),
        ],
        [
            ("DescribeSecret", third()),
            (MOVE, done()),
            (
                "UpdateApiKey",
                error(400, "ApiKeyValidityOutOfBoundsException"),
            ),
            ("UpdateApiKey", done()),
        ],
    );
    let calls = script.run("finishSecret").await.unwrap();
    let asked = |back: usize| calls[calls.len() - back].body["expires"].as_i64().unwrap();
    assert_eq!(asked(1) - asked(2), 3 * 3_600);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_finish_tidies_up_with_one_call_more() {
    let clean = Script::new(vec![
        ("DescribeSecret", finished()),
        (
            "ListApiKeys",
            listed(&[
                (&key('n'), &marker(TOKEN, 0), 98),
                (&key('c'), &marker(V2, 30), 68),
            ]),
        ),
    ]);
    assert_eq!(clean.run("finishSecret").await.unwrap().len(), 2);

    // The first try died between the move and the retirement.
    let late = Script::new(vec![
        ("DescribeSecret", finished()),
        (
            "ListApiKeys",
            listed(&[
                (&key('n'), &marker(TOKEN, 0), 98),
                (&key('c'), &marker(V2, 30), 68),
                (&key('p'), &marker(V1, 60), 38),
            ]),
        ),
        ("UpdateApiKey", done()),
    ]);
    late.run("finishSecret").await.unwrap();
    let refused = Script::new(vec![
        ("DescribeSecret", finished()),
        ("ListApiKeys", error(403, "AccessDeniedException")),
    ]);
    refused.run("finishSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_retired_while_a_value_or_a_replica_is_in_doubt() {
    let keys = [
        (&*key('n'), &*marker(TOKEN, 0), 98),
        (&*key('p'), &*marker(V1, 60), 38),
    ];
    let unreadable = Script::new(vec![
        ("DescribeSecret", finished()),
        ("ListApiKeys", listed(&keys)),
        ("GetSecretValue", error(400, "DecryptionFailure")),
    ]);
    unreadable.run("finishSecret").await.unwrap();

    let lagging = ok(json!({
        "ARN": ARN, "RotationEnabled": true,
        "Tags": [{ "Key": "smrot:api-id", "Value": API }],
        "VersionIdsToStages": { TOKEN: ["AWSCURRENT"] },
        "ReplicationStatus": [{ "Region": "us-east-1", "Status": "InProgress" }],
    }));
    let lagging = Script::new(vec![
        ("DescribeSecret", lagging),
        ("ListApiKeys", listed(&keys)),
    ]);
    lagging.run("finishSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_copied_value_protects_a_key_whose_own_version_has_no_label() {
    let restored = described(json!({ "by-hand": ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT"] }));
    let script = Script::new(vec![
        ("DescribeSecret", restored),
        (
            "ListApiKeys",
            listed(&[
                (&key('n'), &marker(TOKEN, 0), 98),
                (&key('p'), &marker(V1, 60), 75),
            ]),
        ),
        ("GetSecretValue", stored(&key('p'), 5)),
    ]);
    script.run("finishSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_retirement_that_hangs_does_not_fail_the_step() {
    let script = script(
        &[
            (&key('n'), &marker(TOKEN, 0), 98),
            (&key('c'), &marker(V2, 30), 68),
            (&key('p'), &marker(V1, 60), 38),
        ],
        [
            ("DescribeSecret", third()),
            (MOVE, done()),
            ("UpdateApiKey", Answer::Hang),
        ],
    );
    script.run_within("finishSecret", 9).await.unwrap();
}

/// The labels in the middle of a second rotation: V1 is the version the secret started with.
fn second() -> Answer {
    described(json!({ V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT", "LKG"], TOKEN: ["AWSPENDING"] }))
}

fn retiring_initial(
    versions: fn() -> Answer,
    rest: impl IntoIterator<Item = (&'static str, Answer)>,
) -> Script {
    let keys = [
        (&*key('i'), "made by a stack", 200),
        (&*key('n'), &*marker(TOKEN, 0), 98),
        (&*key('c'), &*marker(V2, 30), 68),
    ];
    let mut lines = start(&keys);
    lines[0].1 = versions();
    lines.extend([("DescribeSecret", versions()), (MOVE, done())]);
    lines.extend(rest);
    let mut script = Script::new(lines);
    script.settings.retires_initial = true;
    script
}

#[tokio::test(start_paused = true)]
async fn the_first_key_is_shortened_only_where_that_is_asked_for() {
    let script = retiring_initial(
        second,
        [
            ("GetSecretValue", stored(&key('i'), 90)),
            ("UpdateApiKey", done()),
        ],
    );
    let calls = script.run("finishSecret").await.unwrap();
    let (read, shortened) = (&calls[7], &calls[8]);
    assert_eq!(read.body["VersionId"], V1);
    assert!(shortened.path.ends_with(&key('i')));
    let left = shortened.body["expires"].as_i64().unwrap() - NOW;
    assert!((25 * 3_600..26 * 3_600).contains(&left), "{left}");

    let mut off = retiring_initial(second, []);
    off.settings.retires_initial = false;
    off.run("finishSecret").await.unwrap();
    let mut nothing_is_retired = retiring_initial(second, []);
    nothing_is_retired.settings.retirement = crate::config::Retirement::Off;
    nothing_is_retired.run("finishSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_first_key_that_another_label_names_stays() {
    const V0: &str = "00000000-0000-4000-8000-000000000000";
    let with_custom_label = || {
        described(json!({
            V0: ["LKG"], V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"],
        }))
    };
    // Both versions hold the same unmarked key: the one that keeps its label protects it.
    let reads = [
        ("GetSecretValue", stored(&key('i'), 90)),
        ("GetSecretValue", stored(&key('i'), 90)),
    ];
    let script = retiring_initial(with_custom_label, reads);
    script.run("finishSecret").await.unwrap();
    // And where the value cannot be read, nothing is touched and nothing fails.
    let denied = [("GetSecretValue", error(400, "AccessDeniedException"))];
    retiring_initial(second, denied)
        .run("finishSecret")
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_first_key_stays_while_a_replica_is_behind() {
    let behind = || {
        ok(json!({
            "ARN": ARN, "RotationEnabled": true,
            "RotationRules": { "AutomaticallyAfterDays": 30 },
            "Tags": [{ "Key": "smrot:api-id", "Value": API }],
            "ReplicationStatus": [{ "Region": "eu-west-2", "Status": "InProgress" }],
            "VersionIdsToStages": {
                V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT", "LKG"], TOKEN: ["AWSPENDING"],
            },
        }))
    };
    let read = ("GetSecretValue", stored(&key('i'), 90));
    let script = retiring_initial(behind, [read]);
    script.run("finishSecret").await.unwrap();
}
