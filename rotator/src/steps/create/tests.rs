//! createSecret against scripted answers.

use crate::scripted::*;
use serde_json::{Value, json};

const START: usize = 4;

/// The calls up to the one that makes the key.
fn start(keys: &[(&str, &str, i64)]) -> Vec<(&'static str, Answer)> {
    vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", no_value()),
        ("GetSecretValue", stored(&key('c'), 0)),
        ("ListApiKeys", listed(keys)),
    ]
}

fn script(
    keys: &[(&str, &str, i64)],
    rest: impl IntoIterator<Item = (&'static str, Answer)>,
) -> Script {
    Script::new(start(keys).into_iter().chain(rest).collect())
}

fn stored_key(put: &Call) -> String {
    let text = put.body["SecretString"].as_str().unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["url"], "u");
    value["APIKEY"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_key_is_made_marked_and_stored_under_the_token() {
    let script = script(
        &[("foreign", "mobile-app", 3)],
        [
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", done()),
        ],
    );
    let calls = script.run("createSecret").await.unwrap();
    let create = &calls[START].body;
    assert_eq!(create["description"], marker(TOKEN, 0));
    assert_eq!(create["expires"].as_i64().unwrap() % 3_600, 0);
    let put = &calls[START + 1];
    assert_eq!(put.body["ClientRequestToken"], TOKEN);
    assert_eq!(put.body["VersionStages"], json!(["AWSPENDING"]));
    assert_eq!(put.body["RotationToken"], "rotation-proof");
    assert_eq!(stored_key(put), key('n'));
}

#[tokio::test(start_paused = true)]
async fn a_version_with_a_value_is_left_alone() {
    let calls = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
    ])
    .run("create_secret")
    .await;
    assert_eq!(calls.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_keeps_failing_keeps_the_current_key_alive() {
    let script = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 3 * DAY)),
        ("GetSecretValue", stored(&key('c'), 40 * DAY)),
        (
            "ListApiKeys",
            listed(&[
                (&key('c'), &marker(V2, 60), 5),
                (&key('n'), &marker(TOKEN, 3), 95),
                ("foreign", "mobile-app", 1),
            ]),
        ),
        ("UpdateApiKey", done()),
    ]);
    let calls = script.run("createSecret").await.unwrap();
    assert!(calls[4].path.ends_with(&key('c')));
    let expires = calls[4].body["expires"].as_i64().unwrap();
    assert!(expires >= NOW + 68 * DAY);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_again_by_its_marker() {
    for lost in [
        Answer::Reset,
        error(500, "InternalFailureException"),
        text(200, r#"{"apiKey":{"id":"da2-"#),
        text(200, "{}"),
        ok(json!({ "apiKey": { "id": "odd" } })),
    ] {
        let adopted = marker(TOKEN, 0);
        let script = script(
            &[],
            [
                ("CreateApiKey", lost),
                ("ListApiKeys", listed(&[])),
                (
                    "ListApiKeys",
                    listed(&[(&key('n'), &adopted, 98), ("f", "", 1)]),
                ),
                ("PutSecretValue", done()),
            ],
        );
        let calls = script.run("createSecret").await.unwrap();
        assert_eq!(stored_key(calls.last().unwrap()), key('n'));
    }
}

#[tokio::test(start_paused = true)]
async fn three_unknown_outcomes_end_the_step_but_no_key_is_deleted() {
    let round = || {
        [
            ("CreateApiKey", Answer::Reset),
            ("ListApiKeys", listed(&[])),
            ("ListApiKeys", listed(&[])),
        ]
    };
    let script = script(&[], [round(), round(), round()].into_iter().flatten());
    let error = script.run("createSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "CreateUnresolved");
}

#[tokio::test(start_paused = true)]
async fn of_several_own_keys_the_one_that_lives_longest_is_adopted() {
    let ours = marker(TOKEN, 1);
    let script = script(
        &[
            (&key('q'), &ours, 90),
            (&key('p'), &ours, 90),
            (&key('a'), &ours, 89),
            (&key('b'), &marker(V1, 1), 98),
            (&key('d'), &ours.replace("smrot1|", "smrot1|f"), 98),
        ],
        [("PutSecretValue", done())],
    );
    let calls = script.run("createSecret").await.unwrap();
    assert_eq!(stored_key(calls.last().unwrap()), key('p'));
}

#[tokio::test(start_paused = true)]
async fn a_key_of_a_try_long_ago_is_extended_before_it_is_adopted() {
    let keys = [(&*key('o'), &*marker(TOKEN, 140), -40)];
    let revived = script(
        &keys,
        [("UpdateApiKey", done()), ("PutSecretValue", done())],
    );
    let calls = revived.run("createSecret").await.unwrap();
    assert_eq!(stored_key(&calls[START + 1]), key('o'));

    let gone = script(
        &keys,
        [
            ("UpdateApiKey", error(404, "NotFoundException")),
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", done()),
        ],
    );
    let calls = gone.run("createSecret").await.unwrap();
    assert_eq!(stored_key(&calls[START + 2]), key('n'));
}

#[tokio::test(start_paused = true)]
async fn throttling_and_schema_changes_are_waited_out() {
    let script = script(
        &[],
        [
            ("CreateApiKey", error(429, "LimitExceededException")),
            ("CreateApiKey", error(429, "TooManyRequestsException")),
            (
                "CreateApiKey",
                error(409, "ConcurrentModificationException"),
            ),
            ("CreateApiKey", created(&key('n'))),
            ("DescribeSecret", pending()),
            ("PutSecretValue", done()),
        ],
    );
    let calls = script.run("createSecret").await.unwrap();
    let waited = calls[START + 3].at - calls[START + 2].at;
    assert!(waited.as_millis() >= 3_750, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_step_at_once() {
    for (status, code, expected) in [
        (403, "AccessDeniedException", "AccessDenied"),
        (404, "NotFoundException", "ApiGone"),
        (400, "ApiKeyValidityOutOfBoundsException", "Refused"),
        (400, "BadRequestException", "Refused"),
    ] {
        let script = script(&[], [("CreateApiKey", error(status, code))]);
        assert_eq!(
            script.run("createSecret").await.unwrap_err().error_type(),
            expected
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_lost_its_label_meanwhile_gets_no_value() {
    let slow = |labels| {
        let lines = [
            ("CreateApiKey", Answer::Hang),
            ("ListApiKeys", listed(&[(&key('n'), &marker(TOKEN, 0), 98)])),
            ("DescribeSecret", described(labels)),
        ];
        script(&[], lines)
    };
    let abandoned = slow(json!({ V1: ["AWSCURRENT"], V2: ["AWSPREVIOUS"] }));
    assert_eq!(
        abandoned
            .run("createSecret")
            .await
            .unwrap_err()
            .error_type(),
        "NoStage"
    );
    let finished = slow(json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT"] }));
    assert!(finished.run("createSecret").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn at_the_limit_dead_keys_of_ours_make_room_once() {
    let dead = marker(V1, 200);
    let full: Vec<(&str, &str, i64)> = vec![("dead", &dead, -3), ("foreign", "", -3)];
    let script = script(
        &full,
        [
            ("CreateApiKey", error(400, "ApiKeyLimitExceededException")),
            ("ListApiKeys", listed(&full)),
            ("DeleteApiKey", done()),
            ("CreateApiKey", error(400, "ApiKeyLimitExceededException")),
            ("ListApiKeys", listed(&full[1..])),
        ],
    );
    let error = script.run("createSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "KeyLimitReached");
    assert!(
        error.to_string().contains("1 listed, 0 of this secret"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn when_another_invocation_stored_first_only_the_own_key_is_deleted() {
    let script = script(
        &[],
        [
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", error(400, "ResourceExistsException")),
            ("GetSecretValue", stored(&key('w'), 0)),
            ("DeleteApiKey", done()),
        ],
    );
    let calls = script.run("createSecret").await.unwrap();
    assert!(calls.last().unwrap().path.ends_with(&key('n')));
}

#[tokio::test(start_paused = true)]
async fn an_adopted_or_stored_key_is_never_deleted() {
    let exists = || ("PutSecretValue", error(400, "ResourceExistsException"));
    let adopted = script(
        &[(&key('n'), &marker(TOKEN, 0), 98)],
        [exists(), ("GetSecretValue", stored(&key('w'), 0))],
    );
    adopted.run("createSecret").await.unwrap();
    let stored_already = script(
        &[],
        [
            ("CreateApiKey", created(&key('n'))),
            exists(),
            ("GetSecretValue", stored(&key('n'), 0)),
        ],
    );
    stored_already.run("createSecret").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_put_without_certain_answer_is_repeated_and_never_costs_the_key() {
    let script = script(
        &[],
        [
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", Answer::Reset),
            ("PutSecretValue", error(500, "InternalServiceError")),
            ("PutSecretValue", error(400, "ThrottlingException")),
            ("PutSecretValue", done()),
        ],
    );
    script.run("createSecret").await.unwrap();
    let refused = self::script(
        &[],
        [
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", error(400, "EncryptionFailure")),
        ],
    );
    assert_eq!(
        refused.run("createSecret").await.unwrap_err().error_type(),
        "KmsUnusable"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_work_fails_before_any_key_is_made() {
    let current = |text: &str| ok(json!({ "ARN": ARN, "SecretString": text }));
    for (value, expected) in [
        ("[1]", "SecretNotObject"),
        ("{broken", "SecretNotJson"),
        (r#"{"a":"b"}"#, "FieldMissing"),
        (r#"{"APIKEY":{"id":"x"}}"#, "FieldNotString"),
        (r#"{"APIKEY":"x","apiId":"other"}"#, "ConfigConflict"),
    ] {
        let script = Script::new(vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", no_value()),
            ("GetSecretValue", current(value)),
        ]);
        assert_eq!(
            script.run("createSecret").await.unwrap_err().error_type(),
            expected
        );
    }
    let poisoned = Script::new(vec![
        ("DescribeSecret", pending()),
        (
            "GetSecretValue",
            ok(json!({ "CreatedDate": NOW, "SecretString": "random-password" })),
        ),
    ]);
    let error = poisoned.run("createSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "PendingNotAKey");
}

#[tokio::test(start_paused = true)]
async fn a_dead_or_placeholder_current_key_still_rotates() {
    for current in [key('c'), "CHANGE_ME".to_owned()] {
        let script = Script::new(vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", no_value()),
            ("GetSecretValue", stored(&current, 0)),
            ("ListApiKeys", listed(&[])),
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", done()),
        ]);
        script.run("createSecret").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_never_had_a_value_gets_its_first() {
    let script = Script::new(vec![
        (
            "DescribeSecret",
            described(json!({ TOKEN: ["AWSPENDING"] })),
        ),
        ("GetSecretValue", no_value()),
        ("ListApiKeys", listed(&[])),
        ("CreateApiKey", created(&key('n'))),
        ("PutSecretValue", done()),
    ]);
    let calls = script.run("createSecret").await.unwrap();
    let text = calls[4].body["SecretString"].as_str().unwrap();
    assert_eq!(text, format!(r#"{{"APIKEY":"{}"}}"#, key('n')));
}

#[tokio::test(start_paused = true)]
async fn a_slow_service_is_left_before_the_deadline() {
    let script = script(&[], [("CreateApiKey", Answer::Hang)]);
    let started = tokio::time::Instant::now();
    let error = script.run_within("createSecret", 4).await.unwrap_err();
    assert_eq!(error.error_type(), "DeadlineNear");
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_put_that_never_gets_an_answer_is_given_up_after_three() {
    // The SDK makes three attempts of each.
    let puts = (0..9).map(|_| ("PutSecretValue", error(500, "InternalServiceError")));
    let created = [("CreateApiKey", created(&key('n')))];
    let script = script(&[], created.into_iter().chain(puts));
    let error = script.run("createSecret").await.unwrap_err();
    assert_eq!(error.class(), crate::error::Class::Retryable, "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_old_key_whose_extension_is_uncertain_is_not_replaced() {
    let keys = [(&*key('o'), &*marker(TOKEN, 140), -40)];
    let updates = (0..3).map(|_| ("UpdateApiKey", error(500, "InternalFailureException")));
    let uncertain = script(&keys, updates);
    let error = uncertain.run("createSecret").await.unwrap_err();
    assert_eq!(error.class(), crate::error::Class::Retryable, "{error}");

    let refused = script(
        &keys,
        [
            ("UpdateApiKey", self::error(400, "BadRequestException")),
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", done()),
        ],
    );
    let calls = refused.run("createSecret").await.unwrap();
    assert_eq!(stored_key(&calls[START + 2]), key('n'));
}

fn busy() -> (&'static str, Answer) {
    (
        "CreateApiKey",
        error(409, "ConcurrentModificationException"),
    )
}

#[tokio::test(start_paused = true)]
async fn a_schema_change_is_waited_for_six_times() {
    let script = script(&[], (0..6).map(|_| busy()));
    let error = script.run("createSecret").await.unwrap_err();
    assert!(error.to_string().contains("CreateApiKey"), "{error}");
}

/// The next try would come when the step has to answer already.
#[tokio::test(start_paused = true)]
async fn a_schema_change_is_not_waited_for_beyond_the_deadline() {
    let script = script(&[], [busy()]);
    let started = tokio::time::Instant::now();
    let error = script.run_within("createSecret", 6).await.unwrap_err();
    assert!(error.to_string().contains("CreateApiKey"), "{error}");
    assert!(started.elapsed().as_secs() < 2);
}

/// The last line of a step, by which people and queries go.
#[tokio::test(start_paused = true)]
async fn the_last_line_counts_what_the_step_did() {
    let script = script(
        &[],
        [
            ("CreateApiKey", created(&key('n'))),
            ("PutSecretValue", done()),
        ],
    );
    script.run("createSecret").await.unwrap();
    let said = script.said();
    let last = said.lines().find(|line| line.contains("message=done"));
    let last = last.unwrap_or_else(|| panic!("{said}"));
    for counted in ["outcome=\"success\"", "created=1", "adopted=0", "deleted=0"] {
        assert!(last.contains(counted), "{counted} in {last}");
    }
}
