//! A script in the place of AWS: which calls are expected, in order, and what each is answered.

use crate::socket::{self, Asking, Question, Sockets};
use crate::{
    Clients, RotationError, RotationEvent, Rotator, Settings, Sweep, Sweeping, Tally, sdk,
};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

pub(crate) const ARN: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf";
pub(crate) const NOW: i64 = 1_790_000_123;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const API: &str = "abcdefghijklmnopqrstuvwxyz";
pub(crate) const TOKEN: &str = "33333333-3333-4333-8333-333333333333";
pub(crate) const V2: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const V1: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const URL: &str = "https://host.data.test/graphql";

/// The key made of 26 times `letter`.
pub(crate) fn key(letter: char) -> String {
    format!("da2-{}", String::from(letter).repeat(26))
}

/// How a call is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Body(u16, String),
    Reset,
    Hang,
}

pub(crate) fn ok(body: Value) -> Answer {
    Answer::Body(200, body.to_string())
}

pub(crate) fn text(status: u16, body: &str) -> Answer {
    Answer::Body(status, body.to_owned())
}

pub(crate) fn error(status: u16, code: &str) -> Answer {
    // AppSync's real messages quote keys: so do these.
    let message = format!("API key not found: {}", key('z'));
    Answer::Body(
        status,
        json!({ "__type": code, "message": message }).to_string(),
    )
}

/// DescribeSecret: rotation every 30 days, the API in a tag.
pub(crate) fn described(versions: Value) -> Answer {
    ok(json!({
        "ARN": ARN, "Name": "shop", "RotationEnabled": true,
        "RotationRules": { "AutomaticallyAfterDays": 30 },
        "Tags": [{ "Key": "smrot:api-id", "Value": API }],
        "VersionIdsToStages": versions,
    }))
}

/// The labels in the middle of a first rotation.
pub(crate) fn pending() -> Answer {
    described(json!({ V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] }))
}

/// GetSecretValue: an object with `key` in it, written `age` seconds ago.
pub(crate) fn stored(key: &str, age: i64) -> Answer {
    ok(json!({
        "ARN": ARN, "CreatedDate": NOW - age,
        "SecretString": json!({ "url": "u", "APIKEY": key }).to_string(),
    }))
}

pub(crate) fn no_value() -> Answer {
    error(400, "ResourceNotFoundException")
}

/// ListApiKeys: id, description, days left.
pub(crate) fn listed(keys: &[(&str, &str, i64)]) -> Answer {
    let key = |(id, description, days): &(&str, &str, i64)| {
        let expires = NOW + days * DAY;
        json!({ "id": id, "description": description, "expires": expires, "deletes": expires })
    };
    ok(json!({ "apiKeys": keys.iter().map(key).collect::<Vec<_>>() }))
}

/// The marker of this secret's keys, `days_old` at the start of a test.
pub(crate) fn marker(version: &str, days_old: i64) -> String {
    let owner = crate::marker::Owner::of(ARN);
    let created = NOW - days_old * DAY;
    crate::marker::Marker {
        owner,
        version: version.into(),
        created,
    }
    .describe("smrot1")
}

pub(crate) fn created(key: &str) -> Answer {
    ok(json!({ "apiKey": { "id": key, "expires": NOW + 98 * DAY } }))
}

pub(crate) fn done() -> Answer {
    ok(json!({}))
}

pub(crate) fn data_plane() -> Answer {
    let api = json!({
        "apiId": API, "authenticationType": "AWS_IAM", "uris": { "GRAPHQL": URL },
        "additionalAuthenticationProviders": [{ "authenticationType": "API_KEY" }],
    });
    ok(json!({ "graphqlApi": api }))
}

pub(crate) fn event_api() -> Answer {
    let mode = |mode: &str| json!([{ "authType": mode }]);
    ok(json!({ "api": {
        "apiId": API, "dns": { "HTTP": "host.data.test", "REALTIME": "realtime.data.test" },
        "eventConfig": {
            "authProviders": mode("API_KEY"), "connectionAuthModes": mode("API_KEY"),
            "defaultPublishAuthModes": mode("API_KEY"), "defaultSubscribeAuthModes": mode("API_KEY"),
        },
    }}))
}

pub(crate) fn accepted() -> Answer {
    text(200, r#"{"data":{"__typename":"Query"}}"#)
}

pub(crate) fn rejected() -> Answer {
    text(401, r#"{"errors":[{"errorType":"UnauthorizedException"}]}"#)
}

fn event(step: &str) -> RotationEvent {
    RotationEvent {
        step: step.into(),
        secret_id: ARN.into(),
        client_request_token: TOKEN.into(),
        rotation_token: Some("rotation-proof".into()),
    }
}

/// A call as it was made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// The path and the body, for assertions.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) at: Duration,
}

#[derive(Debug, Default)]
struct Stage {
    script: VecDeque<(&'static str, Answer)>,
    calls: Vec<Call>,
}

/// The script, its actors and what they said.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    stage: Arc<Mutex<Stage>>,
    start: Instant,
    log: Log,
    pub(crate) settings: Settings,
    pub(crate) tally: Arc<Tally>,
}

impl Script {
    pub(crate) fn new(lines: Vec<(&'static str, Answer)>) -> Self {
        fastrand::seed(1);
        let stage = Stage {
            script: lines.into(),
            calls: Vec::new(),
        };
        Self {
            stage: Arc::new(Mutex::new(stage)),
            start: Instant::now(),
            log: Log::default(),
            settings: Settings::default(),
            tally: Arc::default(),
        }
    }

    /// Runs one step to its end and checks that the script was used up and no key was said.
    pub(crate) async fn run(&self, step: &str) -> Result<Vec<Call>, RotationError> {
        self.run_within(step, 900).await
    }

    pub(crate) async fn run_within(
        &self,
        step: &str,
        seconds: u64,
    ) -> Result<Vec<Call>, RotationError> {
        let deadline = self.now() + Duration::from_secs(seconds);
        self.watch(async |rotator| {
            let (event, tally) = (event(step), &self.tally);
            rotator.handle_counted(event, deadline, tally).await
        })
        .await?;
        Ok(self.calls())
    }

    /// Runs steps one after the other in one process.
    pub(crate) async fn run_all(&self, steps: &[&str]) -> Result<Vec<Call>, RotationError> {
        let deadline = self.now() + Duration::from_secs(900);
        self.watch(async |rotator| {
            for step in steps {
                rotator.handle(event(step), deadline).await?;
            }
            Ok(())
        })
        .await?;
        Ok(self.calls())
    }

    /// Sweeps, in the same way.
    pub(crate) async fn sweep(&self, how: Sweeping) -> Result<Sweep, RotationError> {
        let deadline = self.now() + Duration::from_secs(900);
        self.watch(async |rotator| rotator.sweep(ARN, how, deadline, &self.tally).await)
            .await
    }

    /// What was logged so far.
    pub(crate) fn said(&self) -> String {
        self.log.0.lock().unwrap().clone()
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.stage.lock().unwrap().calls.clone()
    }

    /// Lets the rotator work, then checks that the script was used up and no key was said.
    pub(crate) async fn watch<T: fmt::Debug>(
        &self,
        work: impl AsyncFnOnce(Rotator) -> Result<T, RotationError>,
    ) -> Result<T, RotationError> {
        let guard = tracing::subscriber::set_default(self.log.clone());
        let result = work(self.rotator()).await;
        drop(guard);
        self.log.note(&format!("{result:?}"));
        if let Err(error) = &result {
            self.log.note(&error.to_string());
        }
        self.log.assert_silence();
        let stage = self.stage.lock().unwrap();
        let left: Vec<_> = stage.script.iter().map(|(name, _)| name).collect();
        assert!(left.is_empty(), "not called: {left:?}; result {result:?}");
        result
    }

    pub(crate) fn rotator(&self) -> Rotator {
        let time = SharedTimeSource::new(self.clone());
        let sleep = SharedAsyncSleep::new(TokioSleep::new());
        let http = SharedHttpClient::new(self.clone());
        let config = SdkConfig::builder()
            .behavior_version(sdk::behavior_version())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "id", "secret", None, None, "test",
            )))
            .http_client(http.clone())
            .time_source(time.clone())
            .sleep_impl(sleep.clone())
            .timeout_config(sdk::timeouts())
            .retry_config(sdk::retries())
            .build();
        let clients = Clients {
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            api_keys: aws_sdk_appsync::Client::new(&config),
            http,
            sockets: Some(Arc::new(self.clone())),
        };
        Rotator::new(clients, self.settings.clone(), time, sleep)
    }

    fn answer(&self, call: Call) -> Answer {
        let mut stage = self.stage.lock().unwrap();
        let expected = stage.script.pop_front();
        let Some((name, answer)) = expected else {
            panic!("unexpected {call:?}")
        };
        assert_eq!(
            call.name,
            name,
            "call {} of the script",
            stage.calls.len() + 1
        );
        stage.calls.push(call);
        answer
    }
}

impl Call {
    fn of(request: &HttpRequest, at: Duration) -> Self {
        let uri: http::Uri = request.uri().parse().unwrap();
        let body = request.body().bytes().unwrap_or_default();
        Self {
            name: name(request, &uri),
            path: uri.path().to_owned(),
            body: serde_json::from_slice(body).unwrap_or(Value::Null),
            at,
        }
    }
}

fn name(request: &HttpRequest, uri: &http::Uri) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap().to_owned();
    }
    if uri.host() == Some("host.data.test") {
        let key = request.headers().get("x-api-key").unwrap_or_default();
        assert!(request.headers().get("authorization").is_none());
        return format!("Probe {}", &key[4..5]);
    }
    let segments: Vec<_> = uri.path().trim_matches('/').split('/').collect();
    match (request.method(), segments.as_slice()) {
        ("GET", ["v1", "apis", _, "apikeys"]) => "ListApiKeys",
        ("POST", ["v1", "apis", _, "apikeys"]) => "CreateApiKey",
        ("POST", ["v1", "apis", _, "apikeys", _]) => "UpdateApiKey",
        ("DELETE", ["v1", "apis", _, "apikeys", _]) => "DeleteApiKey",
        ("GET", ["v1", "apis", _]) => "GetGraphqlApi",
        ("GET", ["v2", "apis", _]) => "GetApi",
        other => panic!("{other:?}"),
    }
    .to_owned()
}

impl TimeSource for Script {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()) + self.start.elapsed()
    }
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.answer(Call::of(&request, self.start.elapsed()));
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Body(status, body) => {
                    let response = http::Response::builder()
                        .status(status)
                        .body(SdkBody::from(body));
                    Ok(HttpResponse::try_from(response.unwrap()).unwrap())
                }
                Answer::Reset => Err(ConnectorError::io("connection reset".into())),
                Answer::Hang => std::future::pending().await,
            }
        })
    }
}

impl Sockets for Script {
    fn ask(&self, question: Question) -> Asking<'_> {
        let encoded = question.protocols[1].strip_prefix("header-").unwrap();
        let shown: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap();
        let key = shown["x-api-key"].as_str().unwrap();
        let answer = self.answer(Call {
            name: format!("Socket {}", &key[4..5]),
            path: question.url,
            body: json!({ "host": shown["host"], "sent": question.message }),
            at: self.start.elapsed(),
        });
        Box::pin(async {
            match answer {
                Answer::Body(200, text) => socket::Answer::Text(text),
                Answer::Body(status, _) => socket::Answer::Status(status),
                Answer::Reset => socket::Answer::Unreachable,
                Answer::Hang => std::future::pending().await,
            }
        })
    }
}

/// Collects everything that is logged at the levels the Lambda function lets through.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }

    fn assert_silence(&self) {
        let log = self.0.lock().unwrap();
        for letter in 'a'..='z' {
            assert!(!log.contains(&key(letter)), "a key was said: {log}");
        }
        assert!(!log.contains("rotation-proof"), "{log}");
    }
}

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        let mut log = self.0.lock().unwrap();
        write!(log, " {field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        let is_ours = metadata.target().starts_with("keywheel_rotator");
        is_ours || *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut self.clone());
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
        self.note("\n");
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
