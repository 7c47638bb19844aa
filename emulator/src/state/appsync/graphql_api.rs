//! A GraphQL API: what its owner set, its two names, its tags, its schema and its keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::ids::{ApiId, HostLabel};
use crate::time::Timestamp;

use super::api_keys::ApiKeys;
use super::authentication::Authentication;
use super::error::AppSyncError;
use super::page::Place;
use super::schema::Schema;
use super::settings::AppSyncSettings;
use super::tags::Tags;

/// Whether an API stands for itself or merges others [MODEL].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ApiType {
    /// An API of its own.
    #[default]
    Graphql,
    /// An API made of others.
    Merged,
}

/// From where an API can be reached; fixed when it is made [DOCS].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Visibility {
    /// From everywhere.
    #[default]
    Global,
    /// Through an endpoint in a private network.
    Private,
}

/// Whether clients may ask for the schema [MODEL].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Introspection {
    /// They may.
    #[default]
    Enabled,
    /// `__schema` and `__type` are undefined fields [DOCS].
    Disabled,
}

/// What is written to CloudWatch Logs [MODEL]; kept and returned, not acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogConfig {
    /// `NONE`, `ERROR`, `ALL`, `INFO` or `DEBUG`.
    pub field_log_level: String,
    /// The role that may write.
    pub cloud_watch_logs_role_arn: String,
    /// Whether headers and bodies are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_verbose_content: Option<bool>,
}

/// Which detailed metrics are kept [MODEL]; kept and returned, not acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnhancedMetricsConfig {
    /// For all resolvers or for some.
    pub resolver_level_metrics_behavior: String,
    /// For all data sources or for some.
    pub data_source_level_metrics_behavior: String,
    /// For the operations or not.
    pub operation_level_metrics_config: String,
}

/// What the owner of an API sets; UpdateGraphqlApi replaces all of it [MODEL].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiDefinition {
    /// The name; need not be unique.
    pub name: String,
    /// The ways in.
    pub authentication: Authentication,
    /// Logging.
    pub log_config: Option<LogConfig>,
    /// Whether requests are traced.
    pub xray_enabled: bool,
    /// Whether the schema can be asked for.
    pub introspection: Introspection,
    /// How deep a query may nest; 0 is no limit.
    pub query_depth_limit: i64,
    /// How many resolvers a query may run; 0 is the service's limit.
    pub resolver_count_limit: i64,
    /// Whom to ask about it.
    pub owner_contact: Option<String>,
    /// Metrics.
    pub enhanced_metrics_config: Option<EnhancedMetricsConfig>,
    /// The role of a merged API.
    pub merged_api_execution_role_arn: Option<String>,
}

/// What CreateGraphqlApi is given. Type and visibility cannot be changed later [MODEL].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApi {
    /// What can be changed later.
    pub definition: ApiDefinition,
    /// Whether it merges others.
    pub api_type: ApiType,
    /// From where it can be reached.
    pub visibility: Visibility,
    /// The first tags.
    pub tags: BTreeMap<String, String>,
}

/// A GraphQL API.
#[derive(Clone, Debug)]
pub struct GraphqlApi {
    /// The id in the control plane.
    pub id: ApiId,
    /// The first label of the host in the data plane; never the id [REC].
    pub host: HostLabel,
    /// What the owner set.
    pub definition: ApiDefinition,
    /// Whether it merges others.
    pub api_type: ApiType,
    /// From where it can be reached.
    pub visibility: Visibility,
    /// The schema and its lock.
    pub schema: Schema,
    /// The keys.
    pub keys: ApiKeys,
    /// When it was made; hidden, for judges [MODEL: no such member].
    pub created_at: Timestamp,
    /// When it was deleted, if it was; hidden, for judges.
    pub deleted_at: Option<Timestamp>,
    /// Where it stands in listings.
    pub place: Place,
    /// The tags.
    pub tags: Tags,
}

impl GraphqlApi {
    /// Makes an API with an id and a host label of its own, both the base32 form of a UUID [REC].
    pub fn new(
        new: NewApi,
        made: u64,
        now: Timestamp,
        entropy: &mut Entropy,
    ) -> Result<Self, AppSyncError> {
        let tags = Tags::new(new.tags)?;
        Ok(Self {
            id: ApiId::new(entropy.base32_uuid()),
            host: HostLabel::new(entropy.base32_uuid()),
            definition: new.definition,
            api_type: new.api_type,
            visibility: new.visibility,
            schema: Schema::default(),
            keys: ApiKeys::default(),
            created_at: now,
            deleted_at: None,
            place: Place {
                drawn: entropy.number(),
                made,
            },
            tags,
        })
    }

    /// Refuses while the schema is being altered [REC].
    pub fn check_unlocked(
        &self,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        if settings.of_api(&self.id).schema_locked || self.schema.is_being_altered(now) {
            return Err(AppSyncError::SchemaBeingAltered(self.id.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::key_api;
    use super::*;

    fn api() -> GraphqlApi {
        let mut entropy = Entropy::from_seed(1);
        GraphqlApi::new(key_api("a"), 0, Timestamp::EPOCH, &mut entropy).unwrap()
    }

    #[test]
    fn the_host_label_is_not_the_id() {
        let api = api();
        assert_ne!(api.id.as_str(), api.host.as_str());
        assert_eq!((api.id.as_str().len(), api.host.as_str().len()), (26, 26));
    }
}
