//! The AWS calls that the rotators of this folder make, through the real SDK with its defaults.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_appsync::types::ApiKey;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::types::{RotationRulesType, StatusType};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::subject::sdk::clients;
use crate::subject::{Event, FunctionFailure, Surroundings};

/// Seconds in an hour.
pub(super) const HOUR: i64 = 3600;

/// Seconds in a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// How long the data plane may take to answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// The clients of a rotator, and the API that its environment pins.
pub(super) struct Tools {
    secrets: aws_sdk_secretsmanager::Client,
    appsync: aws_sdk_appsync::Client,
    connector: SharedHttpConnector,
    time: SharedTimeSource,
    pub(super) pinned_api: Option<String>,
}

pub(super) type Answer<T> = Result<T, Refusal>;

/// Why something was not done.
#[derive(Clone)]
pub(super) struct Refusal {
    /// The code of the SDK's error or of the rotator's own.
    pub(super) code: String,
    /// A message without secrets.
    pub(super) message: String,
    /// The HTTP status, if there was an answer.
    pub(super) status: Option<u16>,
    /// The SDK error's debug form, which can hold a body and with it a key.
    pub(super) debug: String,
}

impl From<Refusal> for FunctionFailure {
    fn from(refusal: Refusal) -> Self {
        Self {
            error_type: refusal.code,
            message: refusal.message,
        }
    }
}

/// What an SDK error comes to.
fn failed<E>(operation: &str) -> impl FnOnce(SdkError<E, HttpResponse>) -> Refusal
where
    E: ProvideErrorMetadata + Debug,
{
    move |error| Refusal {
        code: error.code().unwrap_or("NoAnswer").to_owned(),
        message: format!("{operation} failed"),
        status: error.raw_response().map(|answer| answer.status().as_u16()),
        debug: format!("{error:?}"),
    }
}

/// A refusal of the rotator's own.
pub(super) fn refuse<T>(code: &str, message: &str) -> Answer<T> {
    Err(Refusal {
        code: code.to_owned(),
        message: message.to_owned(),
        status: None,
        debug: String::new(),
    })
}

/// What DescribeSecret tells.
pub(super) struct Described {
    /// Each version's labels.
    pub(super) labels: BTreeMap<String, Vec<String>>,
    /// Seconds between rotations.
    pub(super) interval: i64,
    /// Has every replica what the secret has?
    pub(super) is_in_sync: bool,
}

impl Described {
    /// The version that a label is on.
    pub(super) fn holder(&self, label: &str) -> Option<&str> {
        let has = |labels: &[String]| labels.iter().any(|known| known == label);
        let mut versions = self.labels.iter();
        versions
            .find(|(_, labels)| has(labels))
            .map(|(version, _)| version.as_str())
    }

    /// Does the version have the label?
    pub(super) fn is_labelled(&self, version: &str, label: &str) -> bool {
        self.holder(label) == Some(version)
    }
}

/// The interval in seconds; thirty days if it is given in a way that scenarios never use.
fn interval(rules: Option<&RotationRulesType>) -> i64 {
    let days = rules.and_then(RotationRulesType::automatically_after_days);
    let rate = rules.and_then(RotationRulesType::schedule_expression);
    let hours = rate.and_then(|rate| rate.strip_prefix("rate(")?.split(' ').next()?.parse().ok());
    match (days, hours) {
        (Some(days), _) => days * DAY,
        (None, Some(hours)) => i64::saturating_mul(hours, HOUR),
        (None, None) => 30 * DAY,
    }
}

impl Tools {
    pub(super) fn new(surroundings: Surroundings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(5))
            .build();
        let (secrets, appsync) = clients(&surroundings, timeouts);
        let mut environment = surroundings.environment.iter();
        let pinned = environment.find(|(name, _)| name == "AppSyncApiId");
        Self {
            secrets,
            appsync,
            pinned_api: pinned.map(|(_, id)| id.clone()),
            connector: surroundings.connector,
            time: surroundings.time,
        }
    }

    /// The rotator's clock.
    pub(super) fn time_now(&self) -> SystemTime {
        self.time.now()
    }

    /// Seconds since the epoch.
    pub(super) fn now(&self) -> i64 {
        let since = self.time.now().duration_since(UNIX_EPOCH);
        i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
    }

    /// Each labelled version with its labels, and the interval.
    pub(super) async fn describe(&self, event: &Event) -> Answer<Described> {
        let call = self.secrets.describe_secret();
        let answer = call.secret_id(event.secret.as_str()).send().await;
        let answer = answer.map_err(failed("DescribeSecret"))?;
        Ok(Described {
            interval: interval(answer.rotation_rules()),
            is_in_sync: answer
                .replication_status()
                .iter()
                .all(|replica| replica.status() == Some(&StatusType::InSync)),
            labels: answer
                .version_ids_to_stages
                .unwrap_or_default()
                .into_iter()
                .collect(),
        })
    }

    /// The text of a version, or of the current one.
    pub(super) async fn value(
        &self,
        event: &Event,
        version: Option<&str>,
    ) -> Answer<Option<String>> {
        let call = self.secrets.get_secret_value();
        let call = call.secret_id(event.secret.as_str());
        let call = call.set_version_id(version.map(str::to_owned));
        match call.send().await {
            Ok(answer) => Ok(answer.secret_string),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(failed("GetSecretValue")(error)),
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
        let call = self.secrets.put_secret_value();
        let call = call.secret_id(event.secret.as_str()).secret_string(value);
        let call = call.set_client_request_token(token.map(str::to_owned));
        let call = call.set_version_stages(labels.map(|label| vec![label.to_owned()]));
        let answer = call.send().await;
        answer.map(drop).map_err(failed("PutSecretValue"))
    }

    /// Moves a label, or takes it off.
    pub(super) async fn move_label(
        &self,
        event: &Event,
        label: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Answer<()> {
        let call = self.secrets.update_secret_version_stage();
        let call = call.secret_id(event.secret.as_str()).version_stage(label);
        let call = call.set_move_to_version_id(to.map(str::to_owned));
        let call = call.set_remove_from_version_id(from.map(str::to_owned));
        let answer = call.send().await;
        answer.map(drop).map_err(failed("UpdateSecretVersionStage"))
    }

    /// Moves AWSCURRENT to the token.
    pub(super) async fn promote(&self, event: &Event, from: Option<&str>) -> Answer<()> {
        let to = Some(event.token.as_str());
        self.move_label(event, "AWSCURRENT", from, to).await
    }

    /// A password, as AWS's own rotation functions for databases draw it.
    pub(super) async fn random_password(&self) -> Answer<String> {
        let answer = self.secrets.get_random_password().send().await;
        let answer = answer.map_err(failed("GetRandomPassword"))?;
        Ok(answer.random_password.unwrap_or_default())
    }

    /// A page of the API's keys, and where the next begins.
    pub(super) async fn page_of_keys(
        &self,
        api: &str,
        from: Option<String>,
    ) -> Answer<(Vec<ApiKey>, Option<String>)> {
        let call = self.appsync.list_api_keys().api_id(api);
        let page = call.set_next_token(from).send().await;
        let page = page.map_err(failed("ListApiKeys"))?;
        Ok((page.api_keys.unwrap_or_default(), page.next_token))
    }

    /// Makes a key; no life means AppSync's own choice. What the answer calls it, if anything.
    pub(super) async fn create_key(
        &self,
        api: &str,
        description: Option<String>,
        life: Option<i64>,
        retries: RetryConfig,
    ) -> Answer<Option<String>> {
        let call = self.appsync.create_api_key().api_id(api);
        let call = call.set_description(description);
        let call = call.set_expires(life.map(|life| self.now() + life));
        let own = aws_sdk_appsync::config::Config::builder().retry_config(retries);
        let answer = call.customize().config_override(own).send().await;
        let answer = answer.map_err(failed("CreateApiKey"))?;
        Ok(answer.api_key.and_then(|key| key.id))
    }

    /// Deletes a key.
    pub(super) async fn delete_key(&self, api: &str, key: &str) -> Answer<()> {
        let call = self.appsync.delete_api_key().api_id(api).id(key);
        call.send().await.map(drop).map_err(failed("DeleteApiKey"))
    }

    /// Sets when a key expires, in seconds since the epoch.
    pub(super) async fn set_expiry(&self, api: &str, key: &str, expires: i64) -> Answer<()> {
        let call = self.appsync.update_api_key().api_id(api).id(key);
        let answer = call.expires(expires).send().await;
        answer.map(drop).map_err(failed("UpdateApiKey"))
    }

    /// Does the data plane take the key?
    pub(super) async fn probe(&self, api: &str, key: &str) -> Answer<bool> {
        let answer = self.appsync.get_graphql_api().api_id(api).send().await;
        let answer = answer.map_err(failed("GetGraphqlApi"))?;
        let uris = answer.graphql_api.and_then(|api| api.uris);
        let Some(url) = uris.unwrap_or_default().remove("GRAPHQL") else {
            return refuse("NoUrl", "the API has no URL");
        };
        let request = http::Request::post(url)
            .header("x-api-key", key)
            .header("content-type", "application/json")
            .body(SdkBody::from(r#"{"query":"{ __typename }"}"#));
        let request = request
            .map_err(drop)
            .and_then(|r| HttpRequest::try_from(r).map_err(drop));
        let Ok(request) = request else {
            return refuse("BadUrl", "the URL cannot be called");
        };
        let answer = tokio::time::timeout(PROBE_TIMEOUT, self.connector.call(request)).await;
        Ok(answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status().is_success())))
    }
}
