//! The AWS SDK for Rust reads what the emulator writes: typed outputs, dates, bytes, typed errors.

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, RotationRulesType, Tag};
use aws_sdk_secretsmanager::{Client as Sdk, Config};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use keywheel_emulator::state::Settings;
use keywheel_emulator::wire::request::{Ending, Request};

use super::stage::{FUNCTION, Stage};

/// The emulator behind the SDK's connector.
#[derive(Clone)]
struct InMemory(Arc<Mutex<Stage>>);

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InMemory")
    }
}

impl HttpConnector for InMemory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().expect("a valid request");
        let (parts, body) = request.into_parts();
        let mut stage = self.0.lock().expect("no test panics while it calls");
        let now = stage.now;
        let request = Request {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: body.bytes().expect("bodies are in memory"),
            caller: None,
        };
        let ending = stage.engine.call(&request, now).ending;
        HttpConnectorFuture::ready(match ending {
            Ending::Reply(response) => {
                Ok(HttpResponse::try_from(response.map(SdkBody::from)).expect("a valid response"))
            }
            other => Err(ConnectorError::io(format!("{other:?}").into())),
        })
    }
}

fn sdk() -> (Sdk, Arc<Mutex<Stage>>) {
    let stage = Arc::new(Mutex::new(Stage::new(Settings::default())));
    let connector = SharedHttpConnector::new(InMemory(stage.clone()));
    let http: SharedHttpClient = http_client_fn(move |_, _| connector.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            None,
            None,
            "test",
        ))
        .endpoint_url("http://localhost:4566")
        .sleep_impl(TokioSleep::new())
        .http_client(http)
        .build();
    (Sdk::from_conf(config), stage)
}

#[tokio::test]
async fn a_secret_through_the_sdk() {
    let (sdk, stage) = sdk();
    let tag = Tag::builder().key("team").value("blue").build();
    let create = sdk
        .create_secret()
        .name("app/db")
        .secret_string("one")
        .tags(tag);
    let created = create.send().await.unwrap();
    let first = created.version_id().unwrap();

    let put = sdk
        .put_secret_value()
        .secret_id("app/db")
        .secret_binary(Blob::new(b"\x00\xff"));
    let put = put.send().await.unwrap();
    assert_eq!(put.version_stages(), ["AWSCURRENT"]);

    let read = sdk.get_secret_value().secret_id("app/db");
    let current = read.clone().send().await.unwrap();
    assert_eq!(current.secret_binary().unwrap().as_ref(), b"\x00\xff");
    let now = stage.lock().unwrap().now;
    assert_eq!(
        current.created_date().unwrap().to_millis().unwrap(),
        now.as_millis()
    );
    let previous = read.version_stage("AWSPREVIOUS").send().await.unwrap();
    assert_eq!(
        (previous.secret_string(), previous.version_id()),
        (Some("one"), Some(first))
    );

    let by_name = Filter::builder()
        .key(FilterNameStringType::Name)
        .values("app/")
        .build();
    let listed = sdk.list_secrets().filters(by_name).send().await.unwrap();
    assert_eq!(listed.secret_list()[0].arn(), created.arn());
    assert_eq!(listed.secret_list()[0].tags()[0].value(), Some("blue"));

    let versions = sdk.list_secret_version_ids().secret_id("app/db");
    assert_eq!(versions.send().await.unwrap().versions().len(), 2);
}

#[tokio::test]
async fn a_rotation_through_the_sdk() {
    let (sdk, stage) = sdk();
    sdk.create_secret()
        .name("s")
        .secret_string("one")
        .send()
        .await
        .unwrap();
    let rules = RotationRulesType::builder()
        .automatically_after_days(30)
        .build();
    let rotate = sdk
        .rotate_secret()
        .secret_id("s")
        .rotation_lambda_arn(FUNCTION);
    let rotated = rotate.rotation_rules(rules).send().await.unwrap();
    let token = rotated.version_id().unwrap();
    assert_eq!(token.len(), 36, "the SDK fills the token in");

    stage.lock().unwrap().rotate();
    let described = sdk.describe_secret().secret_id("s").send().await.unwrap();
    assert_eq!(
        described.version_ids_to_stages().unwrap()[token],
        ["AWSCURRENT"]
    );
    assert_eq!(described.rotation_enabled(), Some(true));
    assert_eq!(
        described
            .rotation_rules()
            .unwrap()
            .automatically_after_days(),
        Some(30)
    );
    assert!(described.last_rotated_date() < described.next_rotation_date());
}

#[tokio::test]
async fn errors_through_the_sdk() {
    let (sdk, _) = sdk();
    let unknown = sdk
        .get_secret_value()
        .secret_id("s")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        unknown.message(),
        Some("Secrets Manager can't find the specified secret.")
    );
    assert!(
        unknown
            .into_service_error()
            .is_resource_not_found_exception()
    );

    sdk.create_secret()
        .name("s")
        .secret_string("one")
        .send()
        .await
        .unwrap();
    let taken = sdk.create_secret().name("s").send().await.unwrap_err();
    assert!(taken.into_service_error().is_resource_exists_exception());

    let no_function = sdk.rotate_secret().secret_id("s").send().await.unwrap_err();
    assert!(
        no_function
            .into_service_error()
            .is_invalid_request_exception()
    );

    let unmodelled = sdk
        .describe_secret()
        .secret_id("a b")
        .send()
        .await
        .unwrap_err();
    assert_eq!(unmodelled.code(), Some("ValidationException"));
}
