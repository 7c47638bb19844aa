//! Settings of single APIs, and what judges may count.

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::ids::ApiId;
use keywheel_emulator::settings;
use keywheel_emulator::state::appsync::AppSyncSettings;
use serde_json::{Value, json};

use super::client::{Client, graphql_path, keys_of, text};

fn set(client: &mut Client, change: &Value) {
    let stored = &mut client.engine.world().settings;
    *stored = settings::changed(stored, change).unwrap();
}

fn snapshot(client: &Client) -> Snapshot {
    client.engine.snapshot(client.now)
}

#[test]
fn an_api_can_have_settings_of_its_own() {
    let mut client = Client::new();
    let (own, other) = (client.create_api(&json!({})), client.create_api(&json!({})));
    let (id, other_id) = (text(&own["apiId"]), text(&other["apiId"]));
    let change = json!({ "keysMax": 1, "pageItemsMax": 1, "activationDelay": "5s",
        "missingKeyText": "simulator", "missingSchema": "refused" });
    set(
        &mut client,
        &json!({ "appsync": { "apis": { (id.clone()): change } } }),
    );
    let (key, other_key) = (
        text(&client.create_key(&id, &json!({}))["id"]),
        text(&client.create_key(&other_id, &json!({}))["id"]),
    );
    assert_eq!(client.call("POST", &keys_of(&id), &json!({})).status, 400);
    client.create_key(&other_id, &json!({}));
    let paths = (graphql_path(&own), graphql_path(&other));
    assert_eq!(client.probe(&paths.0, &key), 401);
    assert_eq!(client.probe(&paths.1, &other_key), 200);
    let missing = client.graphql(&paths.0, None, "");
    assert!(missing.text.contains("Missing authorization header"));
    let missing = client.graphql(&paths.1, None, "");
    assert!(missing.text.contains("Valid authorization header"));
    client.now = client.now.plus_millis(5_000);
    assert_eq!(client.probe(&paths.0, &key), 502, "it has no schema");
}

#[test]
fn the_schema_of_an_api_can_be_locked_by_a_setting() {
    let mut client = Client::new();
    let (locked, free) = (client.api_id(), client.api_id());
    set(
        &mut client,
        &json!({ "appsync": { "apis": { (locked.clone()): { "schemaLocked": true } } } }),
    );
    let refused = client.call("POST", &keys_of(&locked), &json!({}));
    assert_eq!(refused.error().1, "ConcurrentModificationException");
    client.create_key(&free, &json!({}));
    set(
        &mut client,
        &json!({ "appsync": { "apis": { (locked.clone()): { "schemaLocked": false } } } }),
    );
    client.create_key(&locked, &json!({}));
}

#[test]
fn live_keys_and_deletions_of_unmarked_ones_are_counted() {
    let mut client = Client::new();
    let api = client.api_id();
    for description in ["smrot1|owner|version|1", "made by hand"] {
        let key = client.create_key(&api, &json!({ "description": description }));
        let path = format!("{}/{}", keys_of(&api), text(&key["id"]));
        client.call("DELETE", &path, &Value::Null).ok();
    }
    client.create_key(&api, &json!({}));
    let view = &snapshot(&client).apis[0];
    assert_eq!((view.live_keys, view.unmarked_deleted), (1, 1));
    client.now = client.now.plus_days(8);
    let view = &snapshot(&client).apis[0];
    assert_eq!(
        (view.live_keys, view.keys.len()),
        (0, 3),
        "it is listed, but expired"
    );
}

#[test]
fn the_times_in_which_the_key_of_a_secrets_version_failed_are_kept() {
    let settings = AppSyncSettings {
        activation_delay_ms: 2_000,
        ..AppSyncSettings::default()
    };
    let mut client = Client::with(settings);
    let api = client.create_api(&json!({}));
    let (id, path) = (text(&api["apiId"]), graphql_path(&api));
    let key = text(&client.create_key(&id, &json!({}))["id"]);
    let value = json!({ "APIKEY": key, "apiId": id }).to_string();
    let token = "t".repeat(32);
    let body = json!({ "Name": "s", "SecretString": value, "ClientRequestToken": token });
    let headers = [("x-amz-target", "secretsmanager.CreateSecret")];
    let created = client.answer("POST", "/", &headers, body.to_string().as_bytes());
    assert_eq!(created.status, 200, "{}", created.text);
    let start = client.now;
    for (millis, status) in [(0, 401), (1_000, 401), (2_000, 200), (3_000, 200)] {
        client.now = start.plus_millis(millis);
        assert_eq!(client.probe(&path, &key), status);
    }
    client.probe(&path, "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa");
    let snapshot = snapshot(&client);
    let version = snapshot.secrets[0].versions.values().next().unwrap();
    let windows = snapshot.refusals_of(version);
    let told: Vec<_> = windows
        .iter()
        .map(|window| (window.from, window.to))
        .collect();
    assert_eq!(told, [(start, Some(start.plus_millis(2_000)))]);
    assert_eq!(snapshot.apis[0].keys[0].refusals, windows);
    assert_eq!(snapshot.apis[0].id, ApiId::new(&id));
}
