//! Clients over real sockets, for whoever runs this code as a process: the one place that reads the
//! environment's AWS configuration and the machine's clock.

mod websocket;

use crate::handler::Clients;
use crate::sdk;
use crate::socket::SharedSockets;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use std::sync::Arc;

/// What a caller knows better than the environment.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The Region, instead of `AWS_REGION` or that of the profile.
    pub region: Option<String>,
    /// The endpoint of both services, instead of `AWS_ENDPOINT_URL` and its service forms.
    pub endpoint_url: Option<String>,
}

/// Why there are no clients.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConnectError {
    /// This build has no TLS.
    #[error("this build has no HTTP client")]
    NoHttpClient,
    /// Neither the environment nor the profile names a Region.
    #[error("no Region: set AWS_REGION, or one in the profile")]
    NoRegion,
    /// No place where the SDK looks has credentials.
    #[error("no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    NoCredentials,
}

/// The machine's clock.
pub fn time() -> SharedTimeSource {
    SharedTimeSource::new(SystemTimeSource::new())
}

/// Waiting, in tokio.
pub fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// The clients, configured as the AWS CLI would be. `lookup` answers for the variables of the
/// environment that name endpoints.
///
/// # Errors
/// Says what is missing. Credentials are not looked for yet; see [`check_credentials`].
pub async fn clients(
    target: Target,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(Clients, SdkConfig), ConnectError> {
    let http = http_client().ok_or(ConnectError::NoHttpClient)?;
    let mut loader = aws_config::defaults(sdk::behavior_version())
        .http_client(http.clone())
        .sleep_impl(sleep())
        .time_source(time())
        .timeout_config(sdk::timeouts())
        .retry_config(sdk::retries());
    if let Some(region) = target.region {
        loader = loader.region(Region::new(region));
    }
    if let Some(url) = target.endpoint_url {
        loader = loader.endpoint_url(sdk::endpoint_url(&url));
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(ConnectError::NoRegion);
    }
    let mut secrets = aws_sdk_secretsmanager::config::Builder::from(&config);
    if let Some(setting) = lookup("SECRETS_MANAGER_ENDPOINT") {
        secrets = secrets.endpoint_url(sdk::endpoint_url(&setting));
    }
    let mut api_keys = aws_sdk_appsync::config::Builder::from(&config);
    if let Some(setting) = lookup("APPSYNC_ENDPOINT") {
        api_keys = api_keys.endpoint_url(sdk::endpoint_url(&setting));
    }
    let clients = Clients {
        secrets: aws_sdk_secretsmanager::Client::from_conf(secrets.build()),
        api_keys: aws_sdk_appsync::Client::from_conf(api_keys.build()),
        http,
        sockets: Some(sockets()),
    };
    Ok((clients, config))
}

/// Looks for credentials, so that their absence is not taken for an unreachable service.
///
/// # Errors
/// `NoCredentials`.
pub async fn check_credentials(config: &SdkConfig) -> Result<(), ConnectError> {
    let provider = config.credentials_provider();
    let provider = provider.ok_or(ConnectError::NoCredentials)?;
    let found = provider.provide_credentials().await;
    found.map(|_| ()).map_err(|_| ConnectError::NoCredentials)
}

/// Websockets over TCP, with TLS for `wss`.
pub fn sockets() -> SharedSockets {
    Arc::new(websocket::Tungstenite)
}

/// The SDK's default HTTPS client, which it gives out only inside a plugin.
fn http_client() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(sdk::behavior_version())?;
    plugin
        .runtime_components(&RuntimeComponentsBuilder::new("keywheel"))
        .http_client()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn credentials_that_are_nowhere_are_missed() {
        let nowhere = SdkConfig::builder().build();
        let missed = check_credentials(&nowhere).await;
        assert!(matches!(missed, Err(ConnectError::NoCredentials)));
        assert!(http_client().is_some());
    }
}
