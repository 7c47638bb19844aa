//! The life of a key.

use std::collections::BTreeSet;

use keywheel_emulator::state::appsync::AppSyncSettings;
use keywheel_emulator::time::Timestamp;
use serde_json::{Value, json};

use super::client::{Client, graphql_path, keys_of, text};

const DAY: i64 = 86_400;

fn seconds(at: &str) -> i64 {
    Timestamp::parse(at).unwrap().as_seconds()
}

#[test]
fn a_key_is_its_id_and_lives_seven_days_from_the_hour() {
    let mut client = Client::new();
    let api = client.api_id();
    let answer = client.call("POST", &keys_of(&api), &json!({}));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let key = answer.ok()["apiKey"].clone();
    // Sorted, since another package of the workspace may turn serde_json's order on.
    let members: std::collections::BTreeSet<_> = key.as_object().unwrap().keys().collect();
    assert_eq!(
        members.into_iter().collect::<Vec<_>>(),
        ["deletes", "expires", "id"],
        "no description, no time of creation"
    );
    assert_eq!(key["expires"], seconds("2026-11-29T10:00:00Z"));
    assert_eq!(key["deletes"], seconds("2027-01-28T10:00:00Z"));
    assert!(text(&key["id"]).starts_with("da2-"));
}

#[test]
fn an_asked_expiry_is_bounded_as_sent_and_stored_by_the_hour() {
    let mut client = Client::new();
    let api = client.api_id();
    let now = client.now.as_seconds();
    let mut status = |expires: i64| {
        client
            .call("POST", &keys_of(&api), &json!({ "expires": expires }))
            .status
    };
    assert_eq!(status(now + DAY - 1), 400);
    assert_eq!(status(now + DAY), 200);
    assert_eq!(status(now + 365 * DAY), 200);
    assert_eq!(status(now + 365 * DAY + 1), 400);
    assert_eq!(status(i64::MIN), 400);
    assert_eq!(status(i64::MAX), 400);
    let key = client.create_key(
        &api,
        &json!({ "expires": now + DAY + 120, "description": "d" }),
    );
    assert_eq!(
        key["expires"],
        seconds("2026-11-23T10:00:00Z"),
        "less than a day ahead"
    );
    assert_eq!(key["description"], "d");
}

#[test]
fn a_description_comes_back_as_it_was_given() {
    let mut client = Client::new();
    let api = client.api_id();
    for description in [
        "",
        "rot:1a2b:token:1795343400",
        "zwei\nZeilen ü",
        &"x".repeat(10_000),
    ] {
        let key = client.create_key(&api, &json!({ "description": description }));
        assert_eq!(key["description"], description);
    }
    assert!(
        client
            .create_key(&api, &json!({ "description": null }))
            .get("description")
            .is_none()
    );
}

/// All keys of an API, page by page, and how many pages there were.
fn list(client: &mut Client, api: &str, max: usize) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut token) = (Vec::new(), 0, None::<String>);
    loop {
        let more = token
            .map(|token| format!("&nextToken={token}"))
            .unwrap_or_default();
        let path = format!("{}?maxResults={max}{more}", keys_of(api));
        let page = client.call("GET", &path, &Value::Null).ok();
        let keys = page["apiKeys"].as_array().unwrap();
        ids.extend(keys.iter().map(|key| text(&key["id"])));
        pages += 1;
        match page.get("nextToken") {
            Some(next) => token = Some(text(next)),
            None => return (ids, pages),
        }
    }
}

#[test]
fn fifty_keys_take_two_pages_at_least() {
    let mut client = Client::new();
    let api = client.api_id();
    let made: Vec<_> = (0..50)
        .map(|_| text(&client.create_key(&api, &json!({}))["id"]))
        .collect();
    let refused = client.call("POST", &keys_of(&api), &json!({}));
    assert_eq!(refused.error().1, "ApiKeyLimitExceededException");
    for (max, pages) in [(25, 2), (0, 2), (7, 8), (1, 50)] {
        let (listed, count) = list(&mut client, &api, max);
        assert_eq!(count, pages, "maxResults={max}");
        assert_ne!(listed, made, "the order is not that of creation");
        assert_eq!(
            listed.iter().collect::<BTreeSet<_>>(),
            made.iter().collect::<BTreeSet<_>>()
        );
    }
    let unlimited = client.call("GET", &keys_of(&api), &Value::Null).ok();
    assert_eq!(unlimited["apiKeys"].as_array().unwrap().len(), 25);
}

#[test]
fn pages_can_be_made_small() {
    let settings = AppSyncSettings {
        page_items_max: 2,
        ..AppSyncSettings::default()
    };
    let mut client = Client::with(settings);
    let api = client.api_id();
    for _ in 0..4 {
        client.create_key(&api, &json!({}));
    }
    assert_eq!(list(&mut client, &api, 25).1, 2);
}

#[test]
fn an_expired_key_is_listed_revived_and_gone_after_sixty_days() {
    let mut client = Client::new();
    let api = client.create_api(&json!({}));
    let (path, api) = (graphql_path(&api), text(&api["apiId"]));
    let key = client.create_key(&api, &json!({ "description": "mine" }));
    let (id, expires) = (text(&key["id"]), key["expires"].as_i64().unwrap());
    assert_eq!(client.probe(&path, &id), 200);
    client.now = Timestamp::from_seconds(expires).plus_millis(-1);
    assert_eq!(client.probe(&path, &id), 200);
    client.now = Timestamp::from_seconds(expires);
    assert_eq!(client.probe(&path, &id), 401);
    assert_eq!(list(&mut client, &api, 25).0, std::slice::from_ref(&id));

    client.now = Timestamp::from_seconds(expires + 59 * DAY);
    let url = format!("{}/{id}", keys_of(&api));
    let body = json!({ "expires": client.now.as_seconds() + 2 * DAY });
    let revived = client.call("POST", &url, &body).ok()["apiKey"].clone();
    assert_eq!(
        (&revived["id"], &revived["description"]),
        (&key["id"], &key["description"])
    );
    assert_eq!(client.probe(&path, &id), 200);

    client.now = Timestamp::from_seconds(revived["deletes"].as_i64().unwrap());
    assert_eq!(list(&mut client, &api, 25).0, Vec::<String>::new());
    assert_eq!(client.call("POST", &url, &json!({})).status, 404);
    assert_eq!(client.probe(&path, &id), 401);
}

#[test]
fn an_update_keeps_what_it_does_not_name() {
    let mut client = Client::new();
    let api = client.api_id();
    let key = client.create_key(&api, &json!({ "description": "one" }));
    let url = format!("{}/{}", keys_of(&api), text(&key["id"]));
    let changed = client
        .call("POST", &url, &json!({ "description": "two" }))
        .ok();
    assert_eq!(changed["apiKey"]["expires"], key["expires"]);
    assert_eq!(changed["apiKey"]["description"], "two");
    let same = client.call("POST", &url, &Value::Null).ok();
    assert_eq!(same, changed);
}

#[test]
fn a_deleted_key_is_refused_and_a_second_delete_is_404() {
    let mut client = Client::new();
    let api = client.create_api(&json!({}));
    let (path, api) = (graphql_path(&api), text(&api["apiId"]));
    let id = text(&client.create_key(&api, &json!({}))["id"]);
    let url = format!("{}/{id}", keys_of(&api));
    let answer = client.call("DELETE", &url, &Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    assert_eq!(client.probe(&path, &id), 401);
    assert_eq!(client.call("DELETE", &url, &Value::Null).status, 404);
    assert_eq!(list(&mut client, &api, 25).0, Vec::<String>::new());
}

#[test]
fn visibility_can_lag() {
    let settings = AppSyncSettings {
        activation_delay_ms: 2_000,
        revocation_delay_ms: 3_000,
        list_lag_ms: 1_000,
        ..AppSyncSettings::default()
    };
    let mut client = Client::with(settings);
    let api = client.create_api(&json!({}));
    let (path, api) = (graphql_path(&api), text(&api["apiId"]));
    let id = text(&client.create_key(&api, &json!({}))["id"]);
    assert_eq!(
        (
            client.probe(&path, &id),
            list(&mut client, &api, 25).0.len()
        ),
        (401, 0)
    );
    client.now = client.now.plus_millis(1_000);
    assert_eq!(
        (
            client.probe(&path, &id),
            list(&mut client, &api, 25).0.len()
        ),
        (401, 1)
    );
    client.now = client.now.plus_millis(1_000);
    assert_eq!(client.probe(&path, &id), 200);
    client
        .call("DELETE", &format!("{}/{id}", keys_of(&api)), &Value::Null)
        .ok();
    client.now = client.now.plus_millis(2_999);
    assert_eq!(
        (
            client.probe(&path, &id),
            list(&mut client, &api, 25).0.len()
        ),
        (200, 0)
    );
    client.now = client.now.plus_millis(1);
    assert_eq!(client.probe(&path, &id), 401);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let mut client = Client::new();
        let api = client.api_id();
        let mut texts: Vec<_> = (0..10)
            .map(|_| client.call("POST", &keys_of(&api), &json!({})).text)
            .collect();
        texts.push(client.call("GET", &keys_of(&api), &Value::Null).text);
        texts
    };
    assert_eq!(run(), run());
}
