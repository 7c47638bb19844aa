//! A channel namespace: the first segment of the channels that an Event API has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::time::Timestamp;

use super::authentication::AuthenticationType;
use super::error::AppSyncError;
use super::event_config::EventConfig;
use super::page::{Page, PageRequest, Place, cut};
use super::settings::AppSyncSettings;
use super::tags::Tags;

/// A data source that handles what is published or subscribed to [MODEL]; kept and returned, not
/// run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandlerConfig {
    /// `CODE` or `DIRECT`.
    pub behavior: String,
    /// The data source.
    pub integration: Integration,
}

/// The data source of a handler [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Its name.
    pub data_source_name: String,
    /// Of Lambda functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_config: Option<LambdaConfig>,
}

/// How a Lambda function is called [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaConfig {
    /// `REQUEST_RESPONSE` or `EVENT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoke_type: Option<String>,
}

/// The handlers of a namespace [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandlerConfigs {
    /// Of what is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_publish: Option<HandlerConfig>,
    /// Of who subscribes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_subscribe: Option<HandlerConfig>,
}

/// What the owner of a namespace sets; UpdateChannelNamespace replaces all of it [INF].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceDefinition {
    /// Modes for publishing, instead of the API's own.
    pub publish_modes: Option<Vec<AuthenticationType>>,
    /// Modes for subscribing, instead of the API's own.
    pub subscribe_modes: Option<Vec<AuthenticationType>>,
    /// Code that handles events; kept and returned, not run.
    pub code_handlers: Option<String>,
    /// Data sources that handle events.
    pub handler_configs: Option<HandlerConfigs>,
}

impl NamespaceDefinition {
    fn check(&self, config: &EventConfig) -> Result<(), AppSyncError> {
        if let Some(modes) = &self.publish_modes {
            config.check_modes("publishAuthModes", modes)?;
        }
        if let Some(modes) = &self.subscribe_modes {
            config.check_modes("subscribeAuthModes", modes)?;
        }
        Ok(())
    }
}

/// A channel namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelNamespace {
    /// Its name: the first segment of its channels.
    pub name: String,
    /// What the owner set.
    pub definition: NamespaceDefinition,
    /// The tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Where it stands in listings.
    pub place: Place,
}

/// The channel namespaces of an Event API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelNamespaces {
    present: BTreeMap<String, ChannelNamespace>,
    made: u64,
}

impl ChannelNamespaces {
    /// Makes a namespace; its name is unique within the API [MODEL].
    pub(super) fn create(
        &mut self,
        new: (String, NamespaceDefinition, Tags),
        config: &EventConfig,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&ChannelNamespace, AppSyncError> {
        let (name, definition, tags) = new;
        definition.check(config)?;
        if self.present.contains_key(&name) {
            return Err(AppSyncError::NamespaceExists(name));
        }
        let limit = settings.events.namespaces_max;
        if self.present.len() >= limit {
            return Err(AppSyncError::TooManyNamespaces { limit });
        }
        let place = Place {
            drawn: entropy.number(),
            made: self.made,
        };
        self.made += 1;
        let namespace = ChannelNamespace {
            name: name.clone(),
            definition,
            tags,
            created_at: now,
            modified_at: now,
            place,
        };
        Ok(self.present.entry(name).or_insert(namespace))
    }

    /// The namespace of a name.
    pub fn find(&self, name: &str) -> Result<&ChannelNamespace, AppSyncError> {
        let not_found = || AppSyncError::NamespaceNotFound(name.to_owned());
        self.present.get(name).ok_or_else(not_found)
    }

    /// Replaces what the owner set.
    pub(super) fn update(
        &mut self,
        name: &str,
        definition: NamespaceDefinition,
        config: &EventConfig,
        now: Timestamp,
    ) -> Result<&ChannelNamespace, AppSyncError> {
        let not_found = || AppSyncError::NamespaceNotFound(name.to_owned());
        let namespace = self.present.get_mut(name).ok_or_else(not_found)?;
        definition.check(config)?;
        namespace.definition = definition;
        namespace.modified_at = now;
        Ok(namespace)
    }

    /// Deletes a namespace; a second time it is not found [MODEL: 404].
    pub(super) fn delete(&mut self, name: &str) -> Result<(), AppSyncError> {
        let not_found = || AppSyncError::NamespaceNotFound(name.to_owned());
        self.present.remove(name).map(drop).ok_or_else(not_found)
    }

    /// One page of the namespaces.
    pub fn list(
        &self,
        request: PageRequest,
        settings: &AppSyncSettings,
    ) -> Page<&ChannelNamespace> {
        let all = self.present.values();
        cut(all, |namespace| namespace.place, request, settings)
    }

    /// Every definition, to be checked against a new configuration of the API.
    pub(super) fn check_all(&self, config: &EventConfig) -> Result<(), AppSyncError> {
        let mut all = self.present.values();
        all.try_for_each(|namespace| namespace.definition.check(config))
    }
}
