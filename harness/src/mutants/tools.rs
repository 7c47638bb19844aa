//! The few AWS calls that the rotators of this folder make, through the real SDK with its defaults.

use std::collections::BTreeMap;

use aws_sdk_appsync::types::ApiKey;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::sdk::{ClientOptions, clients};
use crate::subject::{Event, FunctionFailure, Surroundings};

/// Seconds in an hour.
pub(super) const HOUR: i64 = 3600;

/// The clients of a rotator, and the API that it works for.
pub(super) struct Tools {
    secrets: aws_sdk_secretsmanager::Client,
    appsync: aws_sdk_appsync::Client,
    connector: SharedHttpConnector,
    time: SharedTimeSource,
    api: String,
}

pub(super) type Answer<T> = Result<T, FunctionFailure>;

/// A failure by the code of an SDK error, without its message: messages can hold keys.
fn failure<E: ProvideErrorMetadata>(operation: &str, error: &E) -> FunctionFailure {
    let code = error.code().unwrap_or("NoAnswer");
    FunctionFailure {
        error_type: code.to_owned(),
        message: format!("{operation} failed"),
    }
}

/// A failure of the rotator's own.
pub(super) fn refuse<T>(error_type: &str, message: &str) -> Answer<T> {
    Err(FunctionFailure {
        error_type: error_type.to_owned(),
        message: message.to_owned(),
    })
}

impl Tools {
    pub(super) fn new(surroundings: Surroundings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(std::time::Duration::from_secs(5))
            .build();
        let options = ClientOptions {
            retries: RetryConfig::standard(),
            timeouts,
        };
        let (secrets, appsync) = clients(&surroundings, &options);
        let api = surroundings
            .environment
            .iter()
            .find(|(name, _)| name == "AppSyncApiId");
        let api = api.map(|(_, id)| id.clone()).unwrap_or_default();
        Self {
            secrets,
            appsync,
            connector: surroundings.connector,
            time: surroundings.time,
            api,
        }
    }

    /// Seconds since the epoch.
    pub(super) fn now(&self) -> i64 {
        let since = self
            .time
            .now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// Each labelled version with its labels, in order.
    pub(super) async fn labels(&self, event: &Event) -> Answer<BTreeMap<String, Vec<String>>> {
        let call = self
            .secrets
            .describe_secret()
            .secret_id(event.secret.as_str());
        let answer = call
            .send()
            .await
            .map_err(|error| failure("DescribeSecret", &error))?;
        let stages = answer.version_ids_to_stages.unwrap_or_default();
        Ok(stages.into_iter().collect())
    }

    /// A version's text, by its id or by a label.
    pub(super) async fn value(
        &self,
        event: &Event,
        version: Option<&str>,
        label: &str,
    ) -> Answer<Option<String>> {
        let call = self
            .secrets
            .get_secret_value()
            .secret_id(event.secret.as_str());
        let call = call
            .set_version_id(version.map(str::to_owned))
            .version_stage(label);
        match call.send().await {
            Ok(answer) => Ok(answer.secret_string),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(failure("GetSecretValue", &error)),
        }
    }

    /// Stores a value.
    pub(super) async fn put(
        &self,
        event: &Event,
        token: Option<&str>,
        value: &str,
        labels: Option<&str>,
    ) -> Answer<()> {
        let call = self
            .secrets
            .put_secret_value()
            .secret_id(event.secret.as_str());
        let call = call
            .secret_string(value)
            .set_client_request_token(token.map(str::to_owned));
        let call = call.set_version_stages(labels.map(|label| vec![label.to_owned()]));
        call.send()
            .await
            .map(drop)
            .map_err(|error| failure("PutSecretValue", &error))
    }

    /// Moves AWSCURRENT.
    pub(super) async fn promote(&self, event: &Event, from: &str) -> Answer<()> {
        let call = self
            .secrets
            .update_secret_version_stage()
            .secret_id(event.secret.as_str());
        let call = call
            .version_stage("AWSCURRENT")
            .move_to_version_id(event.token.as_str());
        let call = call.remove_from_version_id(from);
        call.send()
            .await
            .map(drop)
            .map_err(|error| failure("UpdateSecretVersionStage", &error))
    }

    /// All keys of the API, page by page.
    pub(super) async fn keys(&self) -> Answer<Vec<ApiKey>> {
        let mut keys = Vec::new();
        let mut next = None;
        loop {
            let call = self
                .appsync
                .list_api_keys()
                .api_id(&self.api)
                .set_next_token(next);
            let page = call
                .send()
                .await
                .map_err(|error| failure("ListApiKeys", &error))?;
            keys.extend(page.api_keys.unwrap_or_default());
            next = page.next_token;
            if next.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Makes a key. The SDK repeats the call by itself when its answer is lost.
    pub(super) async fn create_key(
        &self,
        description: Option<String>,
        life: i64,
    ) -> Answer<String> {
        let call = self.appsync.create_api_key().api_id(&self.api);
        let call = call.set_description(description).expires(self.now() + life);
        let answer = call
            .send()
            .await
            .map_err(|error| failure("CreateApiKey", &error))?;
        let id = answer.api_key.and_then(|key| key.id);
        id.map_or_else(|| refuse("NoKey", "the answer names no key"), Ok)
    }

    /// Deletes a key; one that is gone already is no error.
    pub(super) async fn delete_key(&self, key: &str) -> Answer<()> {
        match self
            .appsync
            .delete_api_key()
            .api_id(&self.api)
            .id(key)
            .send()
            .await
        {
            Err(error) if error.code() != Some("NotFoundException") => {
                Err(failure("DeleteApiKey", &error))
            }
            _ => Ok(()),
        }
    }

    /// Lets a key expire in 25 hours, unless it does so anyway.
    pub(super) async fn retire_key(&self, key: &ApiKey) -> Answer<()> {
        let Some(id) = key.id() else { return Ok(()) };
        let expires = self.now() + 25 * HOUR;
        if key.expires() <= expires + HOUR {
            return Ok(());
        }
        let call = self
            .appsync
            .update_api_key()
            .api_id(&self.api)
            .id(id)
            .expires(expires);
        call.send()
            .await
            .map(drop)
            .map_err(|error| failure("UpdateApiKey", &error))
    }

    /// Does the data plane take the key?
    pub(super) async fn probe(&self, key: &str) -> Answer<bool> {
        let answer = self
            .appsync
            .get_graphql_api()
            .api_id(&self.api)
            .send()
            .await;
        let answer = answer.map_err(|error| failure("GetGraphqlApi", &error))?;
        let uris = answer
            .graphql_api
            .and_then(|api| api.uris)
            .unwrap_or_default();
        let Some(url) = uris.get("GRAPHQL") else {
            return refuse("NoUrl", "the API has no URL");
        };
        let request = http::Request::post(url.as_str())
            .header("x-api-key", key)
            .header("content-type", "application/json")
            .body(SdkBody::from(r#"{"query":"{ __typename }"}"#));
        let request = request
            .map_err(drop)
            .and_then(|r| HttpRequest::try_from(r).map_err(drop));
        let Ok(request) = request else {
            return refuse("BadUrl", "the URL cannot be called");
        };
        let answer = self.connector.call(request).await;
        Ok(answer.is_ok_and(|answer| answer.status().is_success()))
    }
}
