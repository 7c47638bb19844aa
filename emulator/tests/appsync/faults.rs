//! Faults that change when, how often or on what state a call takes effect.

use keywheel_emulator::fault::Rule;
use keywheel_emulator::wire::request::Ending;
use serde_json::{Value, json};

use crate::client::{Client, keys_of};

fn arm(client: &mut Client, at: &str, kind: &str) {
    let rule: Rule = serde_json::from_value(json!({ "at": at, "kind": kind })).unwrap();
    client.engine.faults().arm(rule);
}

fn keys(client: &mut Client, api: &str) -> usize {
    let listed = client.call("GET", &keys_of(api), &Value::Null).ok();
    listed["apiKeys"].as_array().unwrap().len()
}

fn create(client: &mut Client, api: &str) -> Ending {
    let authorization = client.authorization.clone();
    let headers = [("authorization", authorization.as_str())];
    client.send("POST", &keys_of(api), &headers, b"{}").ending
}

#[test]
fn a_late_effect_lands_after_the_call_was_given_up() {
    let mut client = Client::new();
    let api = client.api_id();
    arm(&mut client, "CreateApiKey", "late=10s");
    assert!(matches!(create(&mut client, &api), Ending::Silence));
    assert_eq!(keys(&mut client, &api), 0);
    let due = client.now.plus_millis(10_000);
    assert_eq!(
        client.engine.poll_timeout(),
        Some((due, "an effect lands late"))
    );
    client.now = client.now.plus_millis(9_999);
    assert_eq!(keys(&mut client, &api), 0);
    client.now = client.now.plus_millis(50_000);
    let landed = client.engine.land_late_effects(client.now);
    assert_eq!((landed[0].at, landed[0].operation), (due, "CreateApiKey"));
    assert_eq!(keys(&mut client, &api), 1);
    let next = client.engine.poll_timeout().map(|(_, why)| why);
    assert_ne!(next, Some("an effect lands late"));
}

/// Each used to be answered within the answer to the one before it, until the stack was full.
#[test]
fn however_many_late_effects_land_at_once_they_land_in_the_order_asked() {
    const ALL: usize = 5_000;
    let mut client = Client::new();
    let api = client.api_id();
    let late = json!({ "at": "DeleteApiKey", "kind": "late=1h", "times": "forever" });
    let late = serde_json::from_value(late).unwrap();
    client.engine.faults().arm(late);
    for number in 0..ALL {
        let path = format!("{}/da2-{number:026}", keys_of(&api));
        let answer = client.send("DELETE", &path, &[], b"");
        assert!(matches!(answer.ending, Ending::Silence));
    }
    client.now = client.now.plus_millis(3_600_000);
    assert_eq!(client.engine.land_late_effects(client.now).len(), ALL);
}

#[test]
fn effects_that_land_at_one_moment_land_in_the_order_in_which_they_were_asked() {
    let mut client = Client::new();
    let api = client.api_id();
    let late = json!({ "at": "UpdateGraphqlApi", "kind": "late=1h", "times": "forever" });
    let late = serde_json::from_value(late).unwrap();
    client.engine.faults().arm(late);
    let path = format!("/v1/apis/{api}");
    let authorization = client.authorization.clone();
    let headers = [("authorization", authorization.as_str())];
    for name in ["first", "second", "third"] {
        let body = json!({ "name": name, "authenticationType": "API_KEY" }).to_string();
        client.send("POST", &path, &headers, body.as_bytes());
    }
    client.now = client.now.plus_millis(3_600_000);
    let shown = client.call("GET", &path, &Value::Null).ok();
    assert_eq!(shown["graphqlApi"]["name"], "third");
}

/// What waits is bounded: an effect beyond that lands at the next call.
#[test]
fn no_more_late_effects_wait_than_there_is_room_for() {
    let mut client = Client::new();
    let api = client.api_id();
    let late = json!({ "at": "CreateApiKey", "kind": "late=1h", "times": "forever" });
    let late = serde_json::from_value(late).unwrap();
    client.engine.faults().arm(late);
    let body = vec![b' '; 1 << 20];
    let path = keys_of(&api);
    for _ in 0..64 {
        client.send("POST", &path, &[], &body);
    }
    assert_eq!(client.engine.land_late_effects(client.now).len(), 0);
    client.send("POST", &path, &[], &body);
    assert_eq!(client.engine.land_late_effects(client.now).len(), 1);
}

#[test]
fn a_request_that_is_delivered_twice_takes_effect_twice() {
    let mut client = Client::new();
    let api = client.api_id();
    arm(&mut client, "CreateApiKey", "duplicate");
    let answered = client.create_key(&api, &json!({}));
    assert_eq!(keys(&mut client, &api), 2);
    assert!(answered["id"].is_string());
}

#[test]
fn a_stale_read_sees_the_state_of_that_time() {
    let mut client = Client::new();
    let api = client.api_id();
    let stale = json!({ "at": "ListApiKeys", "kind": "stale=2s", "times": "forever" });
    client
        .engine
        .faults()
        .arm(serde_json::from_value(stale).unwrap());
    assert_eq!(keys(&mut client, &api), 0);
    client.create_key(&api, &json!({}));
    client.now = client.now.plus_millis(1_000);
    client.create_key(&api, &json!({}));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(keys(&mut client, &api));
        client.now = client.now.plus_millis(1_000);
    }
    assert_eq!(seen, [0, 1, 2, 2]);
}

/// A change that no fault strikes is a change all the same.
#[test]
fn a_stale_read_does_not_see_what_a_test_set_up_meanwhile() {
    let mut client = Client::new();
    let api = client.api_id();
    let stale = json!({ "at": "ListApiKeys", "kind": "stale=1h", "times": "forever" });
    let stale = serde_json::from_value(stale).unwrap();
    client.engine.faults().arm(stale);
    client.exempt("POST", &keys_of(&api), b"{}");
    assert_eq!(keys(&mut client, &api), 0);
    client.now = client.now.plus_millis(3_600_000);
    assert_eq!(keys(&mut client, &api), 1);
}

/// What does not change is shared by all states, so that each holds what its change has cost.
#[test]
fn a_stale_rule_keeps_what_changed_and_not_the_world() {
    let mut client = Client::new();
    let stale = json!({ "at": "GetSecretValue", "kind": "stale=1h", "times": "forever" });
    let stale = serde_json::from_value(stale).unwrap();
    let put = |client: &mut Client, operation: &str, body: Value| {
        let target = format!("secretsmanager.{operation}");
        let headers = [("x-amz-target", target.as_str())];
        client
            .answer("POST", "/", &headers, body.to_string().as_bytes())
            .ok();
    };
    for number in 0..1_000 {
        let secret = json!({
            "Name": format!("s{number}"),
            "SecretString": "x".repeat(100),
            "ClientRequestToken": format!("{number:036}"),
            "Description": "y".repeat(1_000),
        });
        put(&mut client, "CreateSecret", secret);
    }
    client.engine.faults().arm(stale);
    let before = resident_bytes();
    for number in 0..3_000 {
        client.now = client.now.plus_millis(1);
        let secret = format!("s{}", number % 1_000);
        let token = format!("{:036}", 1_000 + number);
        let value = json!({ "SecretId": secret, "SecretString": "z", "ClientRequestToken": token });
        put(&mut client, "PutSecretValue", value);
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 256 << 20, "{grown} bytes for 3,000 changes");
}

/// What the process holds in memory; nothing where the system does not tell.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

#[test]
fn a_frozen_call_is_made_by_the_shell_when_it_thaws() {
    let mut client = Client::new();
    let api = client.api_id();
    arm(&mut client, "CreateApiKey", "freeze=1h");
    assert!(matches!(create(&mut client, &api), Ending::Frozen(span) if span.to_string() == "1h"));
    assert_eq!(keys(&mut client, &api), 0);
    for (kind, ending) in [("panic", "Panicked"), ("unreachable", "Unreachable")] {
        arm(&mut client, "CreateApiKey", kind);
        assert_eq!(format!("{:?}", create(&mut client, &api)), ending);
    }
    assert_eq!(keys(&mut client, &api), 0);
}

#[test]
fn the_date_of_an_answer_can_be_wrong() {
    let mut client = Client::new();
    for (kind, date) in [
        ("date-ahead=10m", "Sun, 22 Nov 2026 10:40:00 GMT"),
        ("date-behind=1h", "Sun, 22 Nov 2026 09:30:00 GMT"),
        ("delay=1s", "Sun, 22 Nov 2026 10:30:00 GMT"),
    ] {
        arm(&mut client, "ListGraphqlApis", kind);
        let answer = client.call("GET", "/v1/apis", &Value::Null);
        assert_eq!(answer.header("date"), Some(date));
    }
}

#[test]
fn throttling_can_say_when_to_come_again() {
    let mut client = Client::new();
    arm(&mut client, "ListGraphqlApis", "throttled=1500ms");
    let answer = client.call("GET", "/v1/apis", &Value::Null);
    assert_eq!(
        (answer.status, answer.header("x-amz-retry-after")),
        (429, Some("1500"))
    );
    arm(&mut client, "ListGraphqlApis", "throttled");
    let answer = client.call("GET", "/v1/apis", &Value::Null);
    assert_eq!(
        (answer.status, answer.header("x-amz-retry-after")),
        (429, None)
    );
}

#[test]
fn what_stands_between_answers_pages() {
    let mut client = Client::new();
    let api = client.api_id();
    for (kind, status) in [("error-502", 502), ("error-504", 504), ("page-200", 200)] {
        arm(&mut client, "CreateApiKey", kind);
        let answer = client.call("POST", &keys_of(&api), &json!({}));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some("text/html"))
        );
    }
    assert_eq!(keys(&mut client, &api), 0, "none of them had an effect");
    for (kind, text) in [("answer-empty", "{}"), ("answer-as-text", "apiKey")] {
        arm(&mut client, "CreateApiKey", kind);
        let answer = client.call("POST", &keys_of(&api), &json!({}));
        assert!(
            answer.status == 200 && answer.text.contains(text),
            "{}",
            answer.text
        );
    }
    assert_eq!(keys(&mut client, &api), 2, "both had theirs");
}
