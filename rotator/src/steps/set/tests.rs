//! setSecret against scripted answers.

use crate::scripted::*;
use serde_json::json;

fn script(keys: &[(&str, &str, i64)], rest: Vec<(&'static str, Answer)>) -> Script {
    let start = [
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("ListApiKeys", listed(keys)),
    ];
    Script::new(start.into_iter().chain(rest).collect())
}

#[tokio::test(start_paused = true)]
async fn a_key_with_life_enough_needs_nothing() {
    let script = script(&[(&key('n'), &marker(TOKEN, 0), 98)], vec![]);
    assert_eq!(script.run("setSecret").await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_expired_pending_key_is_revived() {
    let keys = [(&*key('n'), &*marker(TOKEN, 100), -3)];
    let script = script(&keys, vec![("UpdateApiKey", done())]);
    let calls = script.run("setSecret").await.unwrap();
    assert!(calls[3].path.ends_with(&key('n')));
    assert!(calls[3].body["expires"].as_i64().unwrap() >= NOW + 98 * DAY);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_pending_key_is_not_extended() {
    // Nothing but its value tells that it is not the current key.
    let current = || vec![("GetSecretValue", stored(&key('c'), 30 * DAY))];
    assert!(
        script(&[(&key('n'), "by hand", 3)], current())
            .run("setSecret")
            .await
            .is_ok()
    );
    let error = script(&[(&key('n'), "by hand", -3)], current())
        .run("setSecret")
        .await
        .unwrap_err();
    assert_eq!(error.error_type(), "PendingKeyExpired");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_gone_is_looked_for_and_then_given_up() {
    let looks = vec![("ListApiKeys", listed(&[])), ("ListApiKeys", listed(&[]))];
    let error = script(&[], looks.clone())
        .run("setSecret")
        .await
        .unwrap_err();
    assert_eq!(error.error_type(), "PendingKeyGone");

    let strip = ("UpdateSecretVersionStage", done());
    let mut unwedging = script(&[], looks.into_iter().chain([strip]).collect());
    unwedging.settings.unwedges = true;
    assert_eq!(
        unwedging.run("setSecret").await.unwrap_err().error_type(),
        "PendingKeyGone"
    );
}

#[tokio::test(start_paused = true)]
async fn the_value_is_waited_for_ten_seconds() {
    let missing = || ("GetSecretValue", no_value());
    let late = Script::new(vec![
        ("DescribeSecret", pending()),
        missing(),
        missing(),
        missing(),
        ("GetSecretValue", stored(&key('n'), 0)),
        ("ListApiKeys", listed(&[(&key('n'), &marker(TOKEN, 0), 98)])),
    ]);
    assert!(late.run("setSecret").await.is_ok());

    let started = tokio::time::Instant::now();
    let never: Vec<_> = std::iter::repeat_with(missing).take(7).collect();
    let never = Script::new(
        [("DescribeSecret", pending())]
            .into_iter()
            .chain(never)
            .collect(),
    );
    let error = never.run("setSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "NoPendingValue");
    assert!(started.elapsed().as_secs() <= 10);
}

#[tokio::test(start_paused = true)]
async fn pending_must_differ_from_current_on_the_same_api() {
    let same = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('c'), 60)),
        ("ListApiKeys", listed(&[(&key('c'), &marker(V2, 30), 68)])),
        ("GetSecretValue", stored(&key('c'), 60)),
    ]);
    assert_eq!(
        same.run("setSecret").await.unwrap_err().error_type(),
        "PendingEqualsCurrent"
    );

    let untagged = ok(json!({
        "ARN": ARN, "VersionIdsToStages": { V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] },
    }));
    let value = |api: &str, key: &str| {
        ok(json!({ "SecretString": json!({ "apiId": api, "APIKEY": key }).to_string() }))
    };
    let moved = Script::new(vec![
        ("DescribeSecret", untagged),
        ("GetSecretValue", value("a", &key('n'))),
        ("GetSecretValue", value("b", &key('c'))),
    ]);
    assert_eq!(
        moved.run("setSecret").await.unwrap_err().error_type(),
        "PendingOnOtherApi"
    );
}

#[tokio::test(start_paused = true)]
async fn without_leave_to_extend_a_living_key_will_do() {
    let denied = || vec![("UpdateApiKey", error(403, "AccessDeniedException"))];
    let run = |days| script(&[(&key('n'), &marker(TOKEN, 90), days)], denied());
    assert!(run(5).run("setSecret").await.is_ok());
    assert_eq!(
        run(-5).run("setSecret").await.unwrap_err().error_type(),
        "AccessDenied"
    );
}

/// A page of a list that goes on.
fn page(keys: &[(&str, &str, i64)], next: &str) -> Answer {
    let Answer::Body(status, body) = listed(keys) else {
        unreachable!()
    };
    let mut body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["nextToken"] = next.into();
    text(status, &body.to_string())
}

#[tokio::test(start_paused = true)]
async fn every_page_of_the_list_counts_or_none() {
    let start = || {
        vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", stored(&key('n'), 60)),
            ("ListApiKeys", page(&[("f", "", 9)], "two")),
        ]
    };
    let last = listed(&[(&key('n'), &marker(TOKEN, 0), 98)]);
    let lost_once = [("ListApiKeys", Answer::Reset), ("ListApiKeys", last)];
    let found = Script::new(start().into_iter().chain(lost_once).collect());
    assert!(found.run("setSecret").await.is_ok());

    let lost = std::iter::repeat_n(("ListApiKeys", Answer::Reset), 3);
    let lost = Script::new(start().into_iter().chain(lost).collect());
    assert_eq!(
        lost.run("setSecret").await.unwrap_err().error_type(),
        "Unreachable"
    );
}

/// Only the values name the API: that of AWSCURRENT is read, unless createSecret of the same
/// process has seen it.
#[tokio::test(start_paused = true)]
async fn the_current_value_is_read_where_only_it_names_the_api() {
    let labels = json!({ V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] });
    let described = || {
        (
            "DescribeSecret",
            ok(json!({ "ARN": ARN, "VersionIdsToStages": labels })),
        )
    };
    let value = |letter| {
        let value = json!({ "apiId": API, "APIKEY": key(letter) });
        (
            "GetSecretValue",
            ok(json!({ "SecretString": value.to_string() })),
        )
    };
    let keys = || {
        let listed = listed(&[(&key('n'), &marker(TOKEN, 0), 98)]);
        ("ListApiKeys", listed)
    };
    let cold = vec![described(), value('n'), value('c'), keys()];
    assert_eq!(Script::new(cold).run("setSecret").await.unwrap().len(), 4);

    let create = [
        described(),
        ("GetSecretValue", no_value()),
        value('c'),
        ("ListApiKeys", listed(&[])),
        ("CreateApiKey", created(&key('n'))),
        ("PutSecretValue", done()),
    ];
    let set = [described(), value('n'), keys()];
    let script = Script::new(create.into_iter().chain(set).collect());
    script
        .run_all(&["createSecret", "setSecret"])
        .await
        .unwrap();
}

/// Two pauses between three looks, and none after the last.
#[tokio::test(start_paused = true)]
async fn between_two_looks_is_a_pause_and_behind_the_last_is_none() {
    let looks = vec![("ListApiKeys", listed(&[])), ("ListApiKeys", listed(&[]))];
    let script = script(&[], looks);
    let started = tokio::time::Instant::now();
    script.run("setSecret").await.unwrap_err();
    let (took, calls) = (started.elapsed(), script.calls());
    for at in 3..5 {
        let pause = calls[at].at - calls[at - 1].at;
        assert!(pause.as_millis() >= 500, "{pause:?}");
    }
    assert!(took - calls[4].at < std::time::Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_label_is_not_given_back_for_a_list_that_cannot_be_read() {
    let mut script = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("ListApiKeys", error(403, "AccessDeniedException")),
    ]);
    script.settings.unwedges = true;
    let error = script.run("setSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "AccessDenied");
}

/// The alarm watches the current key, by its marker or, where its value had to be read, by itself.
#[tokio::test(start_paused = true)]
async fn how_long_the_current_key_lives_is_told() {
    let days_left = |script: &Script| {
        let entries = script.tally.entries();
        let mut named = entries
            .iter()
            .filter(|(name, _)| *name == "CurrentKeyDaysToExpiry");
        named.next().map(|(_, days)| *days)
    };
    let (new, current) = (marker(TOKEN, 0), marker(V2, 30));
    let by_marker = script(&[(&key('n'), &new, 98), (&key('c'), &current, 68)], vec![]);
    by_marker.run("setSecret").await.unwrap();
    assert_eq!(days_left(&by_marker), Some(68));
    let by_value = script(
        &[
            (&key('n'), "by hand", 98),
            (&key('x'), &current, 50),
            (&key('c'), "by hand", 41),
        ],
        vec![("GetSecretValue", stored(&key('c'), 30 * DAY))],
    );
    by_value.run("setSecret").await.unwrap();
    assert_eq!(days_left(&by_value), Some(41));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_expires_this_second_has_expired() {
    let current = ("GetSecretValue", stored(&key('c'), 30 * DAY));
    let script = script(&[(&key('n'), "by hand", 0)], vec![current]);
    let error = script.run("setSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "PendingKeyExpired");
}

/// Without leave to extend it, a key that expires this second is none that will do.
#[tokio::test(start_paused = true)]
async fn without_leave_to_extend_a_dead_key_will_not_do() {
    let script = script(
        &[(&key('n'), &marker(TOKEN, 90), 0)],
        vec![("UpdateApiKey", error(403, "AccessDeniedException"))],
    );
    let error = script.run("setSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "AccessDenied");
}
