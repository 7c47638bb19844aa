//! The shape of an API key on the wire.

use serde::{Deserialize, Serialize};

use crate::state::appsync::api_key::{ApiKey, KeyAttributes};
use crate::time::Timestamp;
use crate::wire::epoch::WholeSeconds;

/// An API key as clients see it: the id is the credential, and there is no time of creation [MODEL].
#[derive(Debug, Serialize)]
pub(super) struct ApiKeyShape {
    id: String,
    /// Left out when none was given [EMU].
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    expires: WholeSeconds,
    deletes: WholeSeconds,
}

impl From<&ApiKey> for ApiKeyShape {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.expose().to_owned(),
            description: key.description.clone(),
            expires: WholeSeconds(key.expires),
            deletes: WholeSeconds(key.deletes()),
        }
    }
}

/// The answer of CreateApiKey and UpdateApiKey.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneKey {
    pub(super) api_key: ApiKeyShape,
}

/// The members that CreateApiKey and UpdateApiKey share. The model bounds neither of them.
#[derive(Debug, Deserialize)]
pub(super) struct Attributes {
    description: Option<String>,
    expires: Option<i64>,
}

impl From<Attributes> for KeyAttributes {
    fn from(attributes: Attributes) -> Self {
        Self {
            description: attributes.description,
            expires: attributes.expires.map(Timestamp::from_seconds),
        }
    }
}
