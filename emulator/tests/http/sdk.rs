//! The real Rust SDK against the server.

use aws_credential_types::Credentials;
use aws_sdk_appsync::types::{AuthenticationType, TypeDefinitionFormat};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use keywheel_emulator::http::Server;
use serde_json::json;

use crate::client::{control, rest, send, server};

/// Both clients, as an application has them.
pub(crate) struct Clients {
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) appsync: aws_sdk_appsync::Client,
}

pub(crate) fn clients(url: &str, session_token: Option<String>) -> Clients {
    let credentials = Credentials::from_keys("test", "test", session_token);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(2))
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
        )
        .build();
    Clients {
        secrets: aws_sdk_secretsmanager::Client::new(&config),
        appsync: aws_sdk_appsync::Client::new(&config),
    }
}

pub(crate) async fn ask(server: &Server, graphql_url: &str, key: &str) -> u16 {
    let path = graphql_url.strip_prefix(&server.url()).unwrap();
    let key = format!("x-api-key: {key}");
    let headers = ["content-type: application/json", key.as_str()];
    let body = br#"{"query":"query { __typename }"}"#;
    let reply = send(server, &format!("POST {path}"), &headers, body).await;
    reply.unwrap().status
}

#[tokio::test]
async fn a_key_is_made_used_and_deleted() {
    let server = server().await;
    let Clients { appsync, .. } = clients(&server.url(), None);
    let api = appsync
        .create_graphql_api()
        .name("a")
        .authentication_type(AuthenticationType::ApiKey);
    let api = api.send().await.unwrap().graphql_api.unwrap();
    let (id, url) = (
        api.api_id().unwrap(),
        api.uris().unwrap()["GRAPHQL"].clone(),
    );
    let key = appsync.create_api_key().api_id(id).send().await.unwrap();
    let key = key.api_key.unwrap().id.unwrap();
    assert_eq!(ask(&server, &url, &key).await, 200);
    appsync
        .delete_api_key()
        .api_id(id)
        .id(&key)
        .send()
        .await
        .unwrap();
    assert_eq!(ask(&server, &url, &key).await, 401);
}

#[tokio::test]
async fn errors_are_the_sdks_own_types() {
    let server = server().await;
    let Clients { secrets, appsync } = clients(&server.url(), None);
    let missing = secrets.get_secret_value().secret_id("none").send().await;
    assert!(
        missing
            .unwrap_err()
            .into_service_error()
            .is_resource_not_found_exception()
    );
    let missing = appsync.get_graphql_api().api_id("none").send().await;
    assert!(
        missing
            .unwrap_err()
            .into_service_error()
            .is_not_found_exception()
    );
    let types = appsync.list_types().api_id("none");
    let unknown = types.format(TypeDefinitionFormat::Sdl).send().await;
    let unknown = unknown.unwrap_err();
    assert_eq!(unknown.raw_response().unwrap().status().as_u16(), 501);
    assert_eq!(
        unknown.into_service_error().meta().code(),
        Some("NotImplemented")
    );
}

#[tokio::test]
async fn the_sdk_tries_again_after_a_lost_answer() {
    let server = server().await;
    let Clients { secrets, .. } = clients(&server.url(), None);
    let rule = r#"{"at":"CreateSecret","kind":"answer-lost"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    let create = secrets.create_secret().name("s").secret_string("x");
    create
        .send()
        .await
        .expect("the token makes the second try find the first one's secret");
    let journal = control(&server, "GET /_keywheel/journal", "").await;
    let statuses: Vec<_> = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["status"])
        .collect();
    assert_eq!(statuses, [&json!(null), &json!(200)]);
    assert_eq!(
        rest(&server, "GET /_keywheel/health", "")
            .await
            .unwrap()
            .status,
        200
    );
}
