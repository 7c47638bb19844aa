//! The Rust SDK rotates with the rotator's own bootstrap and with the builtin, and uses the keys.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_appsync::types::AuthenticationType;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use keywheel_clients::{Test, tests};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{BOOTSTRAP_ARN, BUILTIN_ARN, Serve};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async the_bootstrap_rotates_as_a_process,
        [] async the_bootstraps_log_at_its_finest_has_no_key_in_it,
        [] async the_builtin_rotates_without_set_up,
        [] async a_year_of_scheduled_rotations_passes_in_seconds,
        [] async a_kill_strikes_the_step_of_the_bootstrap_that_calls,
    ]
}

pub(crate) struct Clients {
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) appsync: aws_sdk_appsync::Client,
}

pub(crate) fn clients(url: &str) -> Clients {
    let credentials = Credentials::from_keys("test", "test", None);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Clients {
        secrets: aws_sdk_secretsmanager::Client::new(&config),
        appsync: aws_sdk_appsync::Client::new(&config),
    }
}

/// Posts a body and gives the status and the answer.
pub(crate) async fn post(url: &str, headers: &str, body: &str) -> (u16, Value) {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

async fn ask(url: &str, key: &str) -> u16 {
    let key = format!("x-api-key: {key}\r\n");
    post(url, &key, r#"{"query":"{ __typename }"}"#).await.0
}

pub(crate) async fn advance(serve: &Serve, span: &str) -> Value {
    let url = format!("{}/_keywheel/clock", serve.url);
    let (status, answer) = post(&url, "", &json!({ "advance": span }).to_string()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

pub(crate) async fn current_key(clients: &Clients) -> String {
    let value = clients
        .secrets
        .get_secret_value()
        .secret_id("shop/key")
        .send()
        .await;
    let value: Value = serde_json::from_str(value.unwrap().secret_string().unwrap()).unwrap();
    value["APIKEY"].as_str().unwrap().to_owned()
}

pub(crate) struct Api {
    id: String,
    url: String,
    pub(crate) key: String,
}

pub(crate) async fn set_up(clients: &Clients) -> Api {
    let api = clients.appsync.create_graphql_api().name("shop");
    let api = api
        .authentication_type(AuthenticationType::ApiKey)
        .send()
        .await;
    let api = api.unwrap().graphql_api.unwrap();
    let id = api.api_id().unwrap().to_owned();
    let key = clients
        .appsync
        .create_api_key()
        .api_id(&id)
        .send()
        .await
        .unwrap();
    let key = key.api_key.unwrap().id.unwrap();
    let value = json!({ "apiId": id, "APIKEY": key }).to_string();
    let secret = clients.secrets.create_secret().name("shop/key");
    secret.secret_string(value).send().await.unwrap();
    let url = api.uris().unwrap()["GRAPHQL"].clone();
    Api { id, url, key }
}

async fn rotate_and_use(serve: &Serve, function: &str) {
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
    rotate.rotation_lambda_arn(function).send().await.unwrap();
    advance(serve, "0s").await;
    let new = current_key(&clients).await;
    assert_ne!(new, api.key);
    assert_eq!(ask(&api.url, &new).await, 200);
    assert_eq!(ask(&api.url, &api.key).await, 200);
    clients
        .appsync
        .delete_api_key()
        .api_id(&api.id)
        .id(&new)
        .send()
        .await
        .unwrap();
    assert_eq!(ask(&api.url, &new).await, 401);
}

async fn the_bootstrap_rotates_as_a_process() {
    rotate_and_use(&Serve::with_bootstrap(), BOOTSTRAP_ARN).await;
}

async fn the_bootstraps_log_at_its_finest_has_no_key_in_it() {
    let mut serve = Serve::with_bootstrap_and("AWS_LAMBDA_LOG_LEVEL=TRACE");
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    for _ in 0..2 {
        let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
        rotate
            .rotation_lambda_arn(BOOTSTRAP_ARN)
            .send()
            .await
            .unwrap();
        advance(&serve, "0s").await;
    }
    let keys = [api.key, current_key(&clients).await];
    let log = serve.end();
    let metrics = r#""Namespace":"AppSyncKeyRotator""#;
    for expected in [metrics, "\"outcome\":\"success\"", "\"api\":\"", "DEBUG"] {
        assert!(log.contains(expected), "no {expected} in {log}");
    }
    for key in keys {
        assert!(!log.contains(&key[4..]), "{log}");
        let encoded =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, &key[4..]);
        assert!(!log.contains(&encoded[..encoded.len() - 4]), "{log}");
    }
}

async fn the_builtin_rotates_without_set_up() {
    rotate_and_use(&Serve::start(&[]), BUILTIN_ARN).await;
}

async fn a_year_of_scheduled_rotations_passes_in_seconds() {
    let serve = Serve::start(&["--clock", "2026-11-22T10:00:00Z", "--freeze", "--seed", "7"]);
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    let rules = aws_sdk_secretsmanager::types::RotationRulesType::builder()
        .schedule_expression("rate(30 days)")
        .build();
    let rotate = clients
        .secrets
        .rotate_secret()
        .secret_id("shop/key")
        .rotation_rules(rules);
    rotate
        .rotation_lambda_arn(BUILTIN_ARN)
        .send()
        .await
        .unwrap();
    let mut keys = vec![api.key.clone()];
    for _ in 0..12 {
        let clock = advance(&serve, "30d").await;
        let key = current_key(&clients).await;
        assert!(!keys.contains(&key), "a new key in every window: {clock}");
        assert_eq!(ask(&api.url, &key).await, 200, "{clock}");
        keys.push(key);
    }
    // The first key lived for a week; it has expired long ago.
    assert_eq!(ask(&api.url, &api.key).await, 401);
}

async fn a_kill_strikes_the_step_of_the_bootstrap_that_calls() {
    let serve = Serve::with_bootstrap();
    let clients = clients(&serve.url);
    set_up(&clients).await;
    let rule = r#"{"at":"createSecret/CreateApiKey","kind":"kill-after"}"#;
    let url = format!("{}/_keywheel/faults", serve.url);
    assert_eq!(post(&url, "", rule).await.0, 200);
    let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
    rotate
        .rotation_lambda_arn(BOOTSTRAP_ARN)
        .send()
        .await
        .unwrap();
    advance(&serve, "0s").await;
    let again = clients
        .secrets
        .rotate_secret()
        .secret_id("shop/key")
        .send()
        .await;
    let again = again.unwrap_err().into_service_error();
    assert!(
        again.to_string().contains("InvalidRequestException"),
        "{again}"
    );
}
