//! Every way in which a request to AppSync can be refused, as a fact of the domain.
//!
//! AWS's codes, statuses and texts are given to these facts at the edge, in one place.

use crate::ids::{ApiId, ApiKeyId};
use crate::time::Timestamp;

use super::authentication::AuthenticationType;

/// Why AppSync refuses to do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppSyncError {
    /// No API of this account and Region has the id.
    #[error("there is no API {0}")]
    ApiNotFound(ApiId),
    /// No Event API of this account and Region has the id.
    #[error("there is no Event API {0}")]
    EventApiNotFound(ApiId),
    /// The Event API has no channel namespace of this name.
    #[error("the API has no channel namespace {0}")]
    NamespaceNotFound(String),
    /// The Event API has a channel namespace of this name already [MODEL].
    #[error("the API has a channel namespace {0} already")]
    NamespaceExists(String),
    /// The API has no key of this id: never made, deleted, or gone 60 days after its expiry.
    #[error("the API has no such key")]
    KeyNotFound(ApiKeyId),
    /// The asked expiry lies less than a day ahead [REC].
    #[error("{asked} is less than a day after {now}")]
    ExpiresTooSoon {
        /// The expiry that was asked for.
        asked: Timestamp,
        /// When it was asked.
        now: Timestamp,
    },
    /// The asked expiry lies more than 365 days ahead [REC].
    #[error("{asked} is more than 365 days after {now}")]
    ExpiresTooLate {
        /// The expiry that was asked for.
        asked: Timestamp,
        /// When it was asked.
        now: Timestamp,
    },
    /// The API has as many keys as it may have [DOCS].
    #[error("the API has its {limit} keys already")]
    TooManyKeys {
        /// How many keys an API may have.
        limit: usize,
    },
    /// The Region has as many APIs as it may have [DOCS].
    #[error("the Region has its {limit} APIs already")]
    TooManyApis {
        /// How many APIs a Region may have.
        limit: usize,
    },
    /// The Region has as many Event APIs as it may have.
    #[error("the Region has its {limit} Event APIs already")]
    TooManyEventApis {
        /// How many Event APIs a Region may have.
        limit: usize,
    },
    /// The Event API has as many channel namespaces as it may have.
    #[error("the API has its {limit} channel namespaces already")]
    TooManyNamespaces {
        /// How many channel namespaces an Event API may have.
        limit: usize,
    },
    /// An Event API without a way in [INF].
    #[error("an Event API needs an authorization provider")]
    ProvidersMissing,
    /// A mode that no provider of the Event API stands for [INF].
    #[error("{member} names {authentication_type:?}, for which there is no provider")]
    ModeWithoutProvider {
        /// The mode.
        authentication_type: AuthenticationType,
        /// The list that names it.
        member: &'static str,
    },
    /// A list of modes that lets nobody in [INF].
    #[error("{member} names no authorization mode")]
    ModesMissing {
        /// The list.
        member: &'static str,
    },
    /// A change of the API's schema is being worked on [REC].
    #[error("the schema of API {0} is being altered")]
    SchemaBeingAltered(ApiId),
    /// No schema was created for the API [?].
    #[error("API {0} has no schema")]
    SchemaMissing(ApiId),
    /// An authentication type that may appear once appears again [EMU].
    #[error("authentication provider {position} repeats {authentication_type:?}")]
    ProviderRepeated {
        /// The type that is there already.
        authentication_type: AuthenticationType,
        /// The provider's place among the additional ones, counted from 1.
        position: usize,
    },
    /// An authentication type lacks the settings that it needs [INF].
    #[error("{authentication_type:?} needs its configuration")]
    ProviderIncomplete {
        /// The type whose settings are missing.
        authentication_type: AuthenticationType,
    },
    /// More authentication providers than an API may have [DOCS].
    #[error("an API has at most {limit} authentication providers")]
    TooManyProviders {
        /// How many providers an API may have.
        limit: usize,
    },
    /// More tags than a resource may have [MODEL].
    #[error("an API has at most {limit} tags")]
    TooManyTags {
        /// How many tags an API may have.
        limit: usize,
    },
    /// A pagination token that no listing gave out [?].
    #[error("the pagination token is not valid")]
    TokenInvalid,
    /// An ARN that is not one of an API of this account and Region [?].
    #[error("the ARN is not that of an API")]
    ArnInvalid,
}
