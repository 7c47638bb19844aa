//! Who may connect to an Event API, publish to it and subscribe to it.

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::state::appsync::AppSyncSettings;
use crate::state::appsync::authentication::AuthenticationType;
use crate::state::appsync::authorize::authorize_key;
use crate::state::appsync::channel_namespace::ChannelNamespace;
use crate::state::appsync::event_api::EventApi;
use crate::state::appsync::event_config::EventAction;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;

/// The credential that a client shows, in headers or in a JSON object with the names of headers. It
/// has no `Debug`: it is a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// A key.
    pub(super) key: Option<String>,
    /// A signature or a token.
    pub(super) authorization: Option<String>,
}

impl Shown {
    /// The credential in the headers of a request.
    pub(super) fn in_headers(headers: &HeaderMap) -> Self {
        let text = |name| {
            let value = headers.get(name)?;
            Some(value.to_str().unwrap_or_default().to_owned())
        };
        Self {
            key: text("x-api-key"),
            authorization: text("authorization"),
        }
    }

    /// The credential in an object, whose names are in upper or lower case as headers are.
    pub(super) fn in_object(object: &Map<String, Value>) -> Self {
        let text = |wanted: &str| {
            let mut members = object.iter();
            let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            value.as_str().map(str::to_owned)
        };
        Self {
            key: text("x-api-key"),
            authorization: text("authorization"),
        }
    }
}

/// Lets a client act, or says what the data plane says.
///
/// A key is judged if the API has the API_KEY mode, else it is as no credential [INF: as with
/// GraphQL APIs]; a good key whose mode does not open the action is refused [INF].
pub(super) fn check(
    api: &EventApi,
    action: EventAction,
    namespace: Option<&ChannelNamespace>,
    shown: &Shown,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<(), DataPlaneError> {
    let settings = settings.of_api(&api.id);
    let missing = DataPlaneError::CredentialMissing(settings.missing_key_text);
    let authentication = api.definition.event_config.authentication();
    let Some(key) = &shown.key else {
        return Err(missing);
    };
    if !authentication.has(AuthenticationType::ApiKey) {
        return Err(missing);
    }
    authorize_key(&api.keys, key, now, settings).map_err(|_| DataPlaneError::CredentialRefused)?;
    let modes = api.modes_for(action, namespace);
    if modes.contains(&AuthenticationType::ApiKey) {
        Ok(())
    } else {
        Err(DataPlaneError::CredentialRefused)
    }
}
