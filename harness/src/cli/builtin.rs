//! The builtin rotator as a rotation function of the server: no process, no set-up, and the time
//! of the emulator's clock.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

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
use keywheel_emulator::invoke::{
    self, InProcess, InvocationContext, RotationFunction, StepFailure, StepResult,
};
use keywheel_emulator::state::iam::settings::ROOT_SECRET;
use keywheel_rotator::socket::SharedSockets;
use keywheel_rotator::{Clients, RotationError, RotationEvent, Rotator, Settings, sdk};

/// The name of the function that is there without set-up.
pub(crate) const NAME: &str = "keywheel-rotator";

/// The rotator, run in this process.
pub(crate) fn rotator() -> Arc<dyn RotationFunction> {
    Arc::new(InProcess::new(rotate))
}

/// Runs one step, with clients of its own: a cold start, but one that costs nothing.
async fn rotate(event: invoke::RotationEvent, context: InvocationContext) -> StepResult {
    let failed = |error: RotationError| StepFailure {
        error_type: error.error_type().to_owned(),
        message: error.to_string(),
    };
    let settings = Settings::from_env(variable).map_err(failed)?;
    let direct = Direct(context);
    let deadline = direct.now() + direct.0.timeout;
    let time = SharedTimeSource::new(direct.clone());
    let rotator = Rotator::new(clients(&direct, &time), settings, time, sleep());
    let event = RotationEvent {
        step: event.step.to_string(),
        secret_id: event.secret_id,
        client_request_token: event.client_request_token,
        rotation_token: Some(event.rotation_token),
    };
    rotator.handle(event, deadline).await.map_err(failed)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

fn clients(direct: &Direct, time: &SharedTimeSource) -> Clients {
    let http = SharedHttpClient::new(direct.clone());
    let scope = &direct.0.scope;
    let account = Credentials::from_keys(scope.account.as_str(), ROOT_SECRET, None);
    let config = SdkConfig::builder()
        .behavior_version(sdk::behavior_version())
        .region(Region::new(scope.region.to_string()))
        .endpoint_url(&*direct.0.endpoint_url)
        .credentials_provider(SharedCredentialsProvider::new(account))
        .http_client(http.clone())
        .time_source(time.clone())
        .sleep_impl(sleep())
        .timeout_config(sdk::timeouts())
        .retry_config(sdk::retries())
        .build();
    Clients {
        secrets: aws_sdk_secretsmanager::Client::new(&config),
        api_keys: aws_sdk_appsync::Client::new(&config),
        http,
        sockets: sockets(),
    }
}

/// Real connections to the server that this process is: for a websocket there is no way around.
#[cfg(feature = "operator")]
fn sockets() -> Option<SharedSockets> {
    Some(keywheel_rotator::connect::sockets())
}

/// This build cannot connect to anything.
#[cfg(not(feature = "operator"))]
fn sockets() -> Option<SharedSockets> {
    None
}

/// The emulator without a socket, as the run of one step reaches it.
#[derive(Clone)]
struct Direct(InvocationContext);

impl Direct {
    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let request = request.map(|body| body.bytes().unwrap_or_default().to_vec().into());
        let answer = self.0.gateway.answer(request, self.0.caller).await;
        let answer = answer.map_err(|dropped| ConnectorError::io(dropped.into()))?;
        HttpResponse::try_from(answer.map(SdkBody::from))
            .map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Direct")
    }
}

impl TimeSource for Direct {
    fn now(&self) -> SystemTime {
        self.0.gateway.now().to_system_time()
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Direct {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
