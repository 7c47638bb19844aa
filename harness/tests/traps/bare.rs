//! The SDK's clients without a world: over a connector that always answers the same, or never.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use keywheel::subject::Surroundings;
use keywheel::subject::sdk::{ENDPOINT, Retries, clients};

/// A connector that gives one status as the answer to everything, and keeps what it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Bare {
    /// None if it never answers.
    status: Option<u16>,
    /// Does it give the SDK's jitter a seed at each call, as the harness's does?
    reseeds: bool,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Bare {
    pub(crate) fn answering(status: u16) -> Self {
        Self {
            status: Some(status),
            reseeds: false,
            sent: Arc::default(),
        }
    }

    pub(crate) fn silent() -> Self {
        Self {
            status: None,
            ..Self::answering(0)
        }
    }

    pub(crate) fn reseeding(self, reseeds: bool) -> Self {
        Self { reseeds, ..self }
    }

    /// The requests since this was last asked: their headers, in order.
    pub(crate) fn take_sent(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// A client as the harness builds it.
    pub(crate) fn client(&self) -> Client {
        let surroundings = Surroundings {
            http: SharedHttpClient::new(self.clone()),
            connector: SharedHttpConnector::new(self.clone()),
            wire: None,
            time: time(),
            sleep: sleep(),
            environment: Vec::new(),
            region: "us-east-1".to_owned(),
            retries: Retries::default(),
        };
        clients(&surroundings, TimeoutConfig::disabled()).0
    }

    /// A client as anybody would build one.
    pub(crate) fn plain_client(&self) -> Client {
        let config = self.plain_config().retry_config(RetryConfig::standard());
        Client::from_conf(config.build())
    }

    /// The least that a client needs.
    pub(crate) fn plain_config(&self) -> Builder {
        aws_sdk_secretsmanager::Config::builder()
            .behavior_version(keywheel_rotator::sdk::behavior_version())
            .region(aws_sdk_secretsmanager::config::Region::new("us-east-1"))
            .endpoint_url(ENDPOINT)
            .credentials_provider(aws_credential_types::Credentials::from_keys("K", "s", None))
            .http_client(self.clone())
            .time_source(time())
            .sleep_impl(sleep())
    }
}

fn time() -> SharedTimeSource {
    SharedTimeSource::new(StaticTimeSource::from_secs(1_795_516_215))
}

fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// Asks for a secret, in paused time, and tells how long it waited. What comes of it is all the same
/// here. None if it has still not been answered after ten years: then nothing ever wakes it.
pub(crate) fn ask(client: &Client) -> Option<Duration> {
    const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let began = tokio::time::Instant::now();
        let call = client.describe_secret().secret_id("s").send();
        let ended = tokio::time::timeout(TEN_YEARS, call).await;
        ended.ok().map(|_| began.elapsed())
    })
}

impl HttpConnector for Bare {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.reseeds {
            fastrand::seed(7);
        }
        let headers = request.headers().iter();
        let headers: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        self.sent.lock().unwrap().push(headers.join("\n"));
        let Some(status) = self.status else {
            return HttpConnectorFuture::new(std::future::pending());
        };
        let status = status.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from("{}"))))
    }
}

impl HttpClient for Bare {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
