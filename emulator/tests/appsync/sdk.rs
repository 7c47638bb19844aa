//! The AWS SDK for Rust reads what the emulator writes: typed outputs, typed errors, its retries.

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_sdk_appsync::Client as Sdk;
use aws_sdk_appsync::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_appsync::error::ProvideErrorMetadata;
use aws_sdk_appsync::types::{AuthMode, AuthProvider, AuthenticationType, EventConfig, OutputType};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use keywheel_emulator::wire::request::{Ending, Request};

use super::client::{AUTHORITY, Client};

/// The emulator behind the SDK's connector.
#[derive(Clone)]
struct InMemory(Arc<Mutex<Client>>);

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InMemory")
    }
}

impl HttpConnector for InMemory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (parts, body) = request.try_into_http1x().unwrap().into_parts();
        let mut client = self.0.lock().unwrap();
        let now = client.now;
        let request = Request {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: body.bytes().unwrap(),
            caller: None,
        };
        HttpConnectorFuture::ready(match client.engine.call(&request, now).ending {
            Ending::Reply(response) => {
                Ok(HttpResponse::try_from(response.map(SdkBody::from)).unwrap())
            }
            other => Err(ConnectorError::io(format!("{other:?}").into())),
        })
    }
}

fn sdk() -> (Sdk, Arc<Mutex<Client>>) {
    let client = Arc::new(Mutex::new(Client::new()));
    let connector = SharedHttpConnector::new(InMemory(client.clone()));
    let http: SharedHttpClient = http_client_fn(move |_, _| connector.clone());
    let config = aws_sdk_appsync::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            None,
            None,
            "test",
        ))
        .endpoint_url(format!("http://{AUTHORITY}"))
        .sleep_impl(TokioSleep::new())
        .http_client(http)
        .build();
    (Sdk::from_conf(config), client)
}

async fn api_of(sdk: &Sdk) -> String {
    let create = sdk
        .create_graphql_api()
        .name("a")
        .authentication_type(AuthenticationType::ApiKey);
    let api = create
        .tags("team", "a")
        .send()
        .await
        .unwrap()
        .graphql_api
        .unwrap();
    api.api_id.unwrap()
}

#[tokio::test]
async fn the_life_of_a_key_through_the_sdk() {
    let (sdk, _) = sdk();
    let api = api_of(&sdk).await;
    let create = sdk.create_api_key().api_id(&api).description("mine");
    let key = create.send().await.unwrap().api_key.unwrap();
    let id = key.id.clone().unwrap();
    assert_eq!(key.deletes - key.expires, 60 * 86_400);
    let listed = sdk
        .list_api_keys()
        .api_id(&api)
        .max_results(0)
        .send()
        .await
        .unwrap();
    assert_eq!(listed.api_keys(), std::slice::from_ref(&key));
    let update = sdk
        .update_api_key()
        .api_id(&api)
        .id(&id)
        .description("yours");
    let updated = update.send().await.unwrap().api_key.unwrap();
    assert_eq!(
        (updated.description(), updated.expires),
        (Some("yours"), key.expires)
    );
    sdk.delete_api_key()
        .api_id(&api)
        .id(&id)
        .send()
        .await
        .unwrap();
    let again = sdk
        .delete_api_key()
        .api_id(&api)
        .id(&id)
        .send()
        .await
        .unwrap_err();
    assert!(again.into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn every_other_operation_through_the_sdk() {
    let (sdk, _) = sdk();
    let api = api_of(&sdk).await;
    let got = sdk
        .get_graphql_api()
        .api_id(&api)
        .send()
        .await
        .unwrap()
        .graphql_api
        .unwrap();
    assert!(got.uris().unwrap()["GRAPHQL"].starts_with("http://127.0.0.1:4566/graphql/"));
    let arn = got.arn().unwrap();
    sdk.tag_resource()
        .resource_arn(arn)
        .tags("b", "1")
        .send()
        .await
        .unwrap();
    sdk.untag_resource()
        .resource_arn(arn)
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    let tags = sdk
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap()
        .tags;
    assert_eq!(
        tags.unwrap().into_iter().collect::<Vec<_>>(),
        [("b".into(), "1".into())]
    );
    let update = sdk.update_graphql_api().api_id(&api).name("b");
    let updated = update
        .authentication_type(AuthenticationType::AwsIam)
        .send()
        .await
        .unwrap();
    assert_eq!(updated.graphql_api.unwrap().name(), Some("b"));
    assert_eq!(
        sdk.list_graphql_apis()
            .send()
            .await
            .unwrap()
            .graphql_apis()
            .len(),
        1
    );
    sdk.delete_graphql_api().api_id(&api).send().await.unwrap();
    let gone = sdk.get_graphql_api().api_id(&api).send().await.unwrap_err();
    assert!(gone.into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn a_conflict_is_unhandled_by_the_sdk_and_is_not_retried() {
    let (sdk, client) = sdk();
    let api = api_of(&sdk).await;
    arm(&client, r#"{"at":"CreateApiKey","kind":"conflict"}"#);
    let error = sdk
        .create_api_key()
        .api_id(&api)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(error.code(), Some("ConcurrentModificationException"));
    assert_eq!(
        error.meta().message().unwrap().split(',').next().unwrap(),
        "Schema is currently being altered"
    );
    let early = sdk
        .create_api_key()
        .api_id(&api)
        .expires(1)
        .send()
        .await
        .unwrap_err();
    assert!(
        early
            .into_service_error()
            .is_api_key_validity_out_of_bounds_exception()
    );
}

#[tokio::test(start_paused = true)]
async fn one_call_of_the_sdk_leaves_three_keys_when_all_answers_are_lost() {
    let (sdk, client) = sdk();
    let api = api_of(&sdk).await;
    arm(
        &client,
        r#"{"at":"CreateApiKey","kind":"answer-lost","times":3}"#,
    );
    assert!(sdk.create_api_key().api_id(&api).send().await.is_err());
    let listed = sdk.list_api_keys().api_id(&api).send().await.unwrap();
    assert_eq!(listed.api_keys().len(), 3);
}

fn arm(client: &Mutex<Client>, rule: &str) {
    client
        .lock()
        .unwrap()
        .engine
        .faults()
        .arm(serde_json::from_str(rule).unwrap());
}

#[tokio::test]
async fn a_schema_through_the_sdk() {
    let (sdk, _) = sdk();
    let api = api_of(&sdk).await;
    let schema = aws_smithy_types::Blob::new("type Query { a: Int }");
    sdk.start_schema_creation()
        .api_id(&api)
        .definition(schema)
        .send()
        .await
        .unwrap();
    let status = sdk
        .get_schema_creation_status()
        .api_id(&api)
        .send()
        .await
        .unwrap()
        .status;
    assert_eq!(status.unwrap().as_str(), "SUCCESS");
    let asked = sdk.get_introspection_schema().api_id(&api);
    let read = asked.format(OutputType::Sdl).send().await.unwrap().schema;
    let read = String::from_utf8(read.unwrap().into_inner()).unwrap();
    assert!(read.contains("type Query"), "{read}");
}

#[tokio::test]
async fn event_apis_through_the_sdk() {
    let (sdk, _) = sdk();
    let mode = AuthMode::builder().auth_type(AuthenticationType::ApiKey);
    let mode = mode.build().unwrap();
    let provider = AuthProvider::builder().auth_type(AuthenticationType::ApiKey);
    let config = EventConfig::builder()
        .auth_providers(provider.build().unwrap())
        .connection_auth_modes(mode.clone())
        .default_publish_auth_modes(mode.clone())
        .default_subscribe_auth_modes(mode)
        .build()
        .unwrap();
    let create = sdk.create_api().name("e").event_config(config.clone());
    let api = create.send().await.unwrap().api.unwrap();
    let id = api.api_id().unwrap();
    assert_eq!(api.event_config(), Some(&config));
    let got = sdk.get_api().api_id(id).send().await.unwrap();
    assert_eq!(got.api(), Some(&api));
    let create = || sdk.create_channel_namespace().api_id(id).name("chat");
    let made = create().send().await.unwrap().channel_namespace.unwrap();
    let got = sdk.get_channel_namespace().api_id(id).name("chat");
    assert_eq!(got.send().await.unwrap().channel_namespace, Some(made));
    let again = create().send().await.unwrap_err().into_service_error();
    assert!(again.is_conflict_exception());
    let listed = sdk.list_apis().send().await.unwrap();
    assert_eq!(listed.apis(), std::slice::from_ref(&api));
    sdk.delete_api().api_id(id).send().await.unwrap();
    let gone = sdk.get_api().api_id(id).send().await.unwrap_err();
    assert!(gone.into_service_error().is_not_found_exception());
}
