//! Who may connect to an Event API, publish to it and subscribe to it.

use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};

use crate::graphql::by_authorization;
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

    /// The same as headers, for those who read a credential there.
    pub(super) fn to_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, text) in [
            ("x-api-key", &self.key),
            ("authorization", &self.authorization),
        ] {
            let value = text.as_deref().map(HeaderValue::from_str);
            // What cannot be a header's value is none that anybody issued.
            if let Some(Ok(value)) = value {
                headers.insert(name, value);
            }
        }
        headers
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
/// A key is judged if the API has the API_KEY mode, else it is as no credential; of signatures and
/// tokens only the form is [INF: all as with GraphQL APIs]. A good credential whose mode does not
/// open the action is refused, and so are two at once [INF].
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
    let mode = match (&shown.key, &shown.authorization) {
        (Some(key), None) if authentication.has(AuthenticationType::ApiKey) => {
            let found = authorize_key(&api.keys, key, now, settings);
            found.map_err(|_| DataPlaneError::CredentialRefused)?;
            AuthenticationType::ApiKey
        }
        (None, Some(text)) => {
            by_authorization(authentication, text, now)?
                .ok_or(missing)?
                .mode
        }
        _ => return Err(missing),
    };
    let modes = api.modes_for(action, namespace);
    let is_open = modes.contains(&mode);
    is_open
        .then_some(())
        .ok_or(DataPlaneError::CredentialRefused)
}
