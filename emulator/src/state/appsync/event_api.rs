//! An Event API: what its owner set, its two names, its tags, its channel namespaces and its keys.

use std::collections::BTreeMap;

use crate::entropy::Entropy;
use crate::ids::{ApiId, HostLabel};
use crate::time::Timestamp;

use super::api_keys::ApiKeys;
use super::authentication::AuthenticationType;
use super::channel_namespace::{ChannelNamespace, ChannelNamespaces, NamespaceDefinition};
use super::error::AppSyncError;
use super::event_config::{EventAction, EventConfig};
use super::page::Place;
use super::settings::AppSyncSettings;
use super::tags::Tags;

/// What the owner of an Event API sets; UpdateApi replaces all of it [INF].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventApiDefinition {
    /// The name; need not be unique.
    pub name: String,
    /// Whom to ask about it.
    pub owner_contact: Option<String>,
    /// The ways in.
    pub event_config: EventConfig,
}

/// What CreateChannelNamespace is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNamespace {
    /// Its name.
    pub name: String,
    /// What can be changed later.
    pub definition: NamespaceDefinition,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

/// An Event API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventApi {
    /// The id in the control plane.
    pub id: ApiId,
    /// The first label of the host in the data plane; never the id, as with GraphQL APIs [INF].
    pub host: HostLabel,
    /// What the owner set.
    pub definition: EventApiDefinition,
    /// The channel namespaces.
    pub namespaces: ChannelNamespaces,
    /// The keys.
    pub keys: ApiKeys,
    /// The tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where it stands in listings.
    pub place: Place,
}

impl EventApi {
    /// Makes an API without namespaces and without keys: only the console makes some [DOCS].
    pub(super) fn new(
        definition: EventApiDefinition,
        tags: Tags,
        made: u64,
        now: Timestamp,
        entropy: &mut Entropy,
    ) -> Self {
        Self {
            id: ApiId::new(entropy.base32_uuid()),
            host: HostLabel::new(entropy.base32_uuid()),
            definition,
            namespaces: ChannelNamespaces::default(),
            keys: ApiKeys::default(),
            tags,
            created_at: now,
            place: Place {
                drawn: entropy.number(),
                made,
            },
        }
    }

    /// Makes a channel namespace.
    pub fn create_namespace(
        &mut self,
        new: NewNamespace,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&ChannelNamespace, AppSyncError> {
        let new = (new.name, new.definition, Tags::new(new.tags)?);
        let config = &self.definition.event_config;
        self.namespaces.create(new, config, now, entropy, settings)
    }

    /// Replaces what the owner set of a namespace.
    pub fn update_namespace(
        &mut self,
        name: &str,
        definition: NamespaceDefinition,
        now: Timestamp,
    ) -> Result<&ChannelNamespace, AppSyncError> {
        let config = &self.definition.event_config;
        self.namespaces.update(name, definition, config, now)
    }

    /// Deletes a namespace.
    pub fn delete_namespace(&mut self, name: &str) -> Result<(), AppSyncError> {
        self.namespaces.delete(name)
    }

    /// Replaces what the owner set. The modes of the namespaces must still have providers [INF].
    pub(super) fn update(&mut self, definition: EventApiDefinition) -> Result<(), AppSyncError> {
        self.namespaces.check_all(&definition.event_config)?;
        self.definition = definition;
        Ok(())
    }

    /// The modes in which a client may act on a namespace: its own, else those of the API [DOCS].
    pub fn modes_for<'a>(
        &'a self,
        action: EventAction,
        namespace: Option<&'a ChannelNamespace>,
    ) -> &'a [AuthenticationType] {
        let definition = namespace.map(|namespace| &namespace.definition);
        let own = definition.and_then(|definition| match action {
            EventAction::Connect => None,
            EventAction::Publish => definition.publish_modes.as_deref(),
            EventAction::Subscribe => definition.subscribe_modes.as_deref(),
        });
        own.unwrap_or_else(|| self.definition.event_config.modes_for(action))
    }
}

#[cfg(test)]
mod tests {
    use AuthenticationType::{ApiKey, AwsIam};

    use super::super::samples::event_api;
    use super::*;

    fn start() -> (EventApi, Entropy) {
        let mut entropy = Entropy::from_seed(4);
        let definition = event_api("e", &[ApiKey, AwsIam]);
        let now = Timestamp::EPOCH;
        let api = EventApi::new(definition, Tags::default(), 0, now, &mut entropy);
        (api, entropy)
    }

    fn namespace(name: &str, publish: Option<&[AuthenticationType]>) -> NewNamespace {
        NewNamespace {
            name: name.to_owned(),
            definition: NamespaceDefinition {
                publish_modes: publish.map(<[_]>::to_vec),
                ..NamespaceDefinition::default()
            },
            tags: BTreeMap::new(),
        }
    }

    fn create(
        start: &mut (EventApi, Entropy),
        new: NewNamespace,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        let (api, entropy) = start;
        let created = api.create_namespace(new, Timestamp::EPOCH, entropy, settings);
        created.map(drop)
    }

    #[test]
    fn a_namespace_has_its_own_modes_or_those_of_the_api() {
        let mut start = start();
        let settings = AppSyncSettings::default();
        create(&mut start, namespace("own", Some(&[AwsIam])), &settings).unwrap();
        create(&mut start, namespace("none", None), &settings).unwrap();
        let (api, _) = &start;
        let modes = |name: &str, action| {
            let namespace = api.namespaces.find(name).unwrap();
            api.modes_for(action, Some(namespace)).to_vec()
        };
        assert_eq!(modes("own", EventAction::Publish), [AwsIam]);
        assert_eq!(modes("own", EventAction::Subscribe), [ApiKey]);
        assert_eq!(modes("none", EventAction::Publish), [ApiKey]);
        assert_eq!(api.modes_for(EventAction::Connect, None), [ApiKey]);
    }

    #[test]
    fn names_are_unique_and_bounded_in_number() {
        let mut start = start();
        let mut settings = AppSyncSettings::default();
        settings.events.namespaces_max = 1;
        create(&mut start, namespace("a", None), &settings).unwrap();
        let exists = AppSyncError::NamespaceExists("a".to_owned());
        let again = create(&mut start, namespace("a", None), &settings);
        assert_eq!(again, Err(exists));
        let too_many = AppSyncError::TooManyNamespaces { limit: 1 };
        let another = create(&mut start, namespace("b", None), &settings);
        assert_eq!(another, Err(too_many));
        start.0.delete_namespace("a").unwrap();
        let gone = AppSyncError::NamespaceNotFound("a".to_owned());
        assert_eq!(start.0.delete_namespace("a"), Err(gone));
        create(&mut start, namespace("b", None), &settings).unwrap();
    }

    #[test]
    fn an_update_leaves_no_namespace_without_a_provider() {
        let mut start = start();
        let settings = AppSyncSettings::default();
        create(&mut start, namespace("a", Some(&[AwsIam])), &settings).unwrap();
        let (mut api, _) = start;
        let refused = AppSyncError::ModeWithoutProvider {
            authentication_type: AwsIam,
            member: "publishAuthModes",
        };
        assert_eq!(api.update(event_api("e", &[ApiKey])), Err(refused));
        let default = NamespaceDefinition::default();
        let later = Timestamp::from_seconds(1);
        let updated = api.update_namespace("a", default, later).unwrap();
        assert_eq!(
            (updated.created_at, updated.modified_at),
            (Timestamp::EPOCH, later)
        );
        assert_eq!(api.update(event_api("renamed", &[ApiKey])), Ok(()));
    }
}
