//! The key of an Event API is rotated, and tested over the server's own websocket.

use aws_sdk_appsync::types::{AuthMode, AuthProvider, AuthenticationType, EventConfig};
use keywheel_clients::{Test, tests};
use serde_json::json;

use crate::process::{BOOTSTRAP_ARN, BUILTIN_ARN, Serve};
use crate::rust_sdk::{Clients, advance, clients, current_key, post};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async the_builtin_rotates_the_key_of_an_event_api,
        [] async the_bootstrap_rotates_the_key_of_an_event_api,
        [] async a_fault_strikes_the_websocket_of_the_bootstraps_step,
        [] async without_get_api_the_rotation_of_an_event_apis_key_fails,
    ]
}

fn by_key() -> EventConfig {
    let kind = AuthenticationType::ApiKey;
    let mode = || AuthMode::builder().auth_type(kind.clone()).build().unwrap();
    let provider = AuthProvider::builder().auth_type(kind.clone());
    EventConfig::builder()
        .auth_providers(provider.build().unwrap())
        .connection_auth_modes(mode())
        .default_publish_auth_modes(mode())
        .default_subscribe_auth_modes(mode())
        .build()
        .unwrap()
}

/// An Event API, and a secret with a key of it. Gives the key.
async fn set_up(clients: &Clients) -> String {
    let api = clients.appsync.create_api().name("shop");
    let api = api.event_config(by_key());
    let api = api.send().await.unwrap().api.unwrap().api_id.unwrap();
    let key = clients.appsync.create_api_key().api_id(&api).send();
    let key = key.await.unwrap().api_key.unwrap().id.unwrap();
    let value = json!({ "apiId": api, "APIKEY": key }).to_string();
    let secret = clients.secrets.create_secret().name("shop/key");
    secret.secret_string(value).send().await.unwrap();
    key
}

async fn rotate(serve: &Serve, clients: &Clients, function: &str) {
    let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
    rotate.rotation_lambda_arn(function).send().await.unwrap();
    advance(serve, "0s").await;
}

async fn the_builtin_rotates_the_key_of_an_event_api() {
    let serve = Serve::start(&[]);
    let clients = clients(&serve.url);
    let old = set_up(&clients).await;
    rotate(&serve, &clients, BUILTIN_ARN).await;
    assert_ne!(current_key(&clients).await, old);
}

/// A function's process has a port of its own, which lets websockets through too.
async fn the_bootstrap_rotates_the_key_of_an_event_api() {
    let serve = Serve::with_bootstrap();
    let clients = clients(&serve.url);
    let mut keys = vec![set_up(&clients).await];
    for _ in 0..2 {
        rotate(&serve, &clients, BOOTSTRAP_ARN).await;
        let key = current_key(&clients).await;
        assert!(!keys.contains(&key));
        keys.push(key);
    }
}

/// The websocket is a call of the step that opens it: a fault at that step strikes it.
async fn a_fault_strikes_the_websocket_of_the_bootstraps_step() {
    let serve = Serve::with_bootstrap();
    let clients = clients(&serve.url);
    let old = set_up(&clients).await;
    let rule = r#"{"at":"testSecret/EventConnect","kind":"kill-before"}"#;
    let url = format!("{}/_keywheel/faults", serve.url);
    assert_eq!(post(&url, "", rule).await.0, 200);
    rotate(&serve, &clients, BOOTSTRAP_ARN).await;
    assert_eq!(current_key(&clients).await, old);
}

/// `tests/policy.rs` shows the same in process.
async fn without_get_api_the_rotation_of_an_event_apis_key_fails() {
    let serve = Serve::start(&[]);
    let clients = clients(&serve.url);
    let old = set_up(&clients).await;
    let rule = r#"{"at":"GetApi","kind":"access-denied","times":99}"#;
    let url = format!("{}/_keywheel/faults", serve.url);
    assert_eq!(post(&url, "", rule).await.0, 200);
    rotate(&serve, &clients, BUILTIN_ARN).await;
    assert_eq!(current_key(&clients).await, old);
}
