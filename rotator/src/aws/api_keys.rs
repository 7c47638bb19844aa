//! The API keys of one AppSync API as the rotator sees them.

use super::{Failure, Meaning, ask};
use crate::clock::Clock;
use crate::key::{Key, ListedKey};
use crate::marker::{Marker, Owner};
use aws_sdk_appsync::Client;
use aws_sdk_appsync::config::Config;
use aws_sdk_appsync::types::{Api, ApiKey, AuthenticationType, GraphqlApi};
use aws_smithy_types::retry::RetryConfig;

const LIST: &str = "appsync:ListApiKeys";
pub(crate) const CREATE: &str = "appsync:CreateApiKey";
pub(crate) const UPDATE: &str = "appsync:UpdateApiKey";
pub(crate) const DELETE: &str = "appsync:DeleteApiKey";
const GET_GRAPHQL_API: &str = "appsync:GetGraphqlApi";
const GET_EVENT_API: &str = "appsync:GetApi";
/// The most AppSync lists at once (API model).
const PAGE: i32 = 25;
/// An API has 50 keys at most; more pages than this is a service that repeats itself.
const PAGES: usize = 100;

/// An id that no key has.
const NO_KEY: &str = "none";

/// How CreateApiKey ended.
pub(crate) enum Created {
    /// The key was made.
    Key(Key),
    /// No: the API has as many keys as it may have.
    LimitReached,
    /// Perhaps: only the list can tell.
    Unknown(Failure),
}

/// How a change of one key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// It was made.
    Done,
    /// There is no such key any more.
    Gone,
}

/// Where the data plane of an API is.
#[derive(Clone, Debug)]
pub(crate) struct DataPlane {
    /// Of GraphQL requests or, for an Event API, of its websocket.
    pub(crate) url: String,
    /// The HTTP host of an Event API, for which a credential is shown; GraphQL APIs have none.
    pub(crate) events_host: Option<String>,
    /// Whether API_KEY is among the authorization modes; without it no key is ever accepted.
    pub(crate) takes_keys: bool,
}

/// The calls of one invocation.
#[derive(Clone)]
pub(crate) struct ApiKeys {
    client: Client,
    clock: Clock,
    marker_prefix: String,
}

impl ApiKeys {
    pub(crate) fn new(client: Client, clock: Clock, marker_prefix: String) -> Self {
        Self {
            client,
            clock,
            marker_prefix,
        }
    }

    /// All keys of the API, expired ones included: every page, or an error.
    pub(crate) async fn list(&self, api: &str, owner: &Owner) -> Result<Vec<ListedKey>, Failure> {
        let mut keys = Vec::new();
        let mut next_token = None;
        for _ in 0..PAGES {
            let call = self.client.list_api_keys().api_id(api).max_results(PAGE);
            let call = call.set_next_token(next_token);
            let page = ask(&self.clock, LIST, || call.clone().send()).await?;
            keys.extend(
                page.api_keys()
                    .iter()
                    .filter_map(|key| self.listed(key, owner)),
            );
            next_token = page.next_token;
            if next_token.is_none() {
                return Ok(keys);
            }
        }
        Err(Failure::unusable(LIST))
    }

    fn listed(&self, key: &ApiKey, owner: &Owner) -> Option<ListedKey> {
        let marker = key
            .description()
            .and_then(|text| Marker::parse(text, &self.marker_prefix));
        Some(ListedKey {
            key: Key::listed(key.id()?),
            marker: marker.filter(|marker| marker.owner == *owner),
            expires: key.expires(),
        })
    }

    /// Makes a key. The SDK's own retries are off: the operation has no client token, so each
    /// of them could leave another live key behind (measured against a server that hangs up).
    /// An error means that nothing was made.
    pub(crate) async fn create(
        &self,
        api: &str,
        marker: &Marker,
        expires: i64,
    ) -> Result<Created, Failure> {
        let call = self
            .client
            .create_api_key()
            .api_id(api)
            .description(marker.describe(&self.marker_prefix))
            .expires(expires);
        let send = || {
            let once = Config::builder().retry_config(RetryConfig::disabled());
            call.clone().customize().config_override(once).send()
        };
        let failure = match ask(&self.clock, CREATE, send).await {
            Ok(output) => match output.api_key().and_then(ApiKey::id).and_then(Key::parse) {
                Some(key) => return Ok(Created::Key(key)),
                None => Failure::unusable(CREATE),
            },
            Err(failure) => failure,
        };
        match failure.meaning {
            Meaning::LimitReached => Ok(Created::LimitReached),
            Meaning::Unknown | Meaning::Unanswered => Ok(Created::Unknown(failure)),
            _ => Err(failure),
        }
    }

    /// Sets when a key expires; revives an expired one until it is deleted (documented).
    pub(crate) async fn set_expiry(
        &self,
        api: &str,
        key: &Key,
        expires: i64,
    ) -> Result<Changed, Failure> {
        let call = self
            .client
            .update_api_key()
            .api_id(api)
            .id(key.expose())
            .expires(expires);
        changed(ask(&self.clock, UPDATE, || call.clone().send()).await)
    }

    /// Deletes a key for good.
    pub(crate) async fn delete(&self, api: &str, key: &Key) -> Result<Changed, Failure> {
        let call = self.client.delete_api_key().api_id(api).id(key.expose());
        changed(ask(&self.clock, DELETE, || call.clone().send()).await)
    }

    /// Asks whether CreateApiKey is allowed, by an expiry in 1970, which is out of bounds. Should
    /// a key come of it all the same, it is deleted.
    pub(crate) async fn ask_create(&self, api: &str) -> Option<Meaning> {
        let call = self
            .client
            .create_api_key()
            .api_id(api)
            .expires(1)
            .customize()
            .config_override(Config::builder().retry_config(RetryConfig::disabled()));
        let output = match call.send().await {
            Ok(output) => output,
            Err(error) => return Some(Failure::of(CREATE, &error).meaning),
        };
        let key = output.api_key().and_then(ApiKey::id).map(Key::listed);
        if let Some(key) = key
            && let Err(failure) = self.delete(api, &key).await
        {
            failure.warn("a key without a description was left behind: delete it by hand");
        }
        None
    }

    /// Asks whether UpdateApiKey is allowed, by a key that cannot be.
    pub(crate) async fn ask_update(&self, api: &str) -> Option<Meaning> {
        let updated = self.set_expiry(api, &Key::listed(NO_KEY), 1).await;
        updated.err().map(|failure| failure.meaning)
    }

    /// Asks whether DeleteApiKey is allowed, by a key that cannot be.
    pub(crate) async fn ask_delete(&self, api: &str) -> Option<Meaning> {
        let deleted = self.delete(api, &Key::listed(NO_KEY)).await;
        deleted.err().map(|failure| failure.meaning)
    }

    /// Where the API answers; its host cannot be computed from the API id (recorded). What is no
    /// GraphQL API may be an Event API, whose keys are the same.
    pub(crate) async fn data_plane(&self, api: &str) -> Result<DataPlane, Failure> {
        match self.graphql_plane(api).await {
            Err(failure) if failure.meaning == Meaning::Gone => {
                // Whether the API is gone is not known as long as this one cannot be asked.
                let of_event_api = self.events_plane(api).await;
                of_event_api.map_err(|other| match other.meaning {
                    Meaning::Gone => failure,
                    _ => other,
                })
            }
            result => result,
        }
    }

    /// The data plane of an Event API.
    pub(crate) async fn events_plane(&self, api: &str) -> Result<DataPlane, Failure> {
        let call = self.client.get_api().api_id(api);
        let output = ask(&self.clock, GET_EVENT_API, || call.clone().send()).await?;
        let plane = output.api().and_then(|api| {
            let dns = api.dns()?;
            let realtime = dns.get("REALTIME")?;
            Some(DataPlane {
                url: format!("{}://{realtime}/event/realtime", scheme(realtime)),
                events_host: Some(dns.get("HTTP")?.clone()),
                takes_keys: event_api_takes_keys(api),
            })
        });
        plane.ok_or_else(|| Failure::unusable(GET_EVENT_API))
    }

    async fn graphql_plane(&self, api: &str) -> Result<DataPlane, Failure> {
        let call = self.client.get_graphql_api().api_id(api);
        let output = ask(&self.clock, GET_GRAPHQL_API, || call.clone().send()).await?;
        let plane = output.graphql_api().and_then(|api| {
            let url = api.uris()?.get("GRAPHQL")?.clone();
            Some(DataPlane {
                url,
                events_host: None,
                takes_keys: takes_keys(api),
            })
        });
        plane.ok_or_else(|| Failure::unusable(GET_GRAPHQL_API))
    }
}

/// AWS names bare hosts. One with a port is an emulator's, which speaks no TLS.
fn scheme(domain: &str) -> &'static str {
    if domain.contains(':') { "ws" } else { "wss" }
}

fn event_api_takes_keys(api: &Api) -> bool {
    let providers = api.event_config().map(|config| config.auth_providers());
    let mut providers = providers.into_iter().flatten();
    providers.any(|provider| *provider.auth_type() == AuthenticationType::ApiKey)
}

fn takes_keys(api: &GraphqlApi) -> bool {
    let additional = api.additional_authentication_providers().iter();
    let mut modes = additional
        .map(|p| p.authentication_type())
        .chain([api.authentication_type()]);
    modes.any(|mode| mode == Some(&AuthenticationType::ApiKey))
}

fn changed<T>(result: Result<T, Failure>) -> Result<Changed, Failure> {
    match result {
        Ok(_) => Ok(Changed::Done),
        Err(failure) if failure.meaning == Meaning::Gone => Ok(Changed::Gone),
        Err(failure) => Err(failure),
    }
}
