//! AppSync in one account and Region: its GraphQL and Event APIs and their keys.
//!
//! In reading order: [`api_key`] (how long a key lives), [`api_keys`] (limit, listing, history),
//! [`authorize`] (what the data plane says to a key), [`authentication`] (the ways in),
//! [`graphql_api`] and [`schema`] (what a key belongs to), [`event_apis`], [`event_api`],
//! [`event_config`], [`channel_namespace`], [`channel`] (what else it belongs to), [`tags`], [`page`],
//! [`settings`], [`event_settings`], [`error`].
//!
//! Deliberately absent: data sources, resolvers, functions, types, domain names.

pub mod api_key;
pub mod api_keys;
pub mod authentication;
pub mod authorize;
pub mod channel;
pub mod channel_namespace;
pub mod error;
pub mod event_api;
pub mod event_apis;
pub mod event_config;
pub mod event_settings;
pub mod graphql_api;
pub mod page;
pub mod schema;
pub mod settings;
pub mod tags;

use std::collections::{BTreeMap, VecDeque};

use crate::entropy::Entropy;
use crate::ids::{ApiId, ApiKeyId, HostLabel};
use crate::time::Timestamp;

use api_key::{ApiKey, KeyAttributes};
use api_keys::{ApiKeys, RemovedKey};
use error::AppSyncError;
use event_apis::EventApis;
use graphql_api::{ApiDefinition, ApiType, GraphqlApi, NewApi};
use page::{Page, PageRequest, cut};
pub use settings::AppSyncSettings;
use tags::Tags;

use super::shared::Shared;

/// How many deleted APIs of a kind are kept for judges; the oldest go first.
const DELETED_MAX: usize = 1_000;

/// The APIs of one account in one Region.
#[derive(Clone, Debug, Default)]
pub struct AppSync {
    apis: BTreeMap<ApiId, Shared<GraphqlApi>>,
    hosts: BTreeMap<HostLabel, ApiId>,
    deleted: VecDeque<Shared<GraphqlApi>>,
    made: u64,
    /// The Event APIs.
    pub events: EventApis,
}

impl AppSync {
    /// Makes an API. Names need not be unique.
    pub fn create_api(
        &mut self,
        new: NewApi,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&GraphqlApi, AppSyncError> {
        let limit = settings.apis_max;
        if self.apis.len() >= limit {
            return Err(AppSyncError::TooManyApis { limit });
        }
        let api = GraphqlApi::new(new, self.made, now, entropy)?;
        self.made += 1;
        self.hosts.insert(api.host.clone(), api.id.clone());
        let kept = self.apis.entry(api.id.clone());
        Ok(&*kept.or_insert(Shared::new(api)))
    }

    /// The API of an id.
    pub fn api(&self, id: &ApiId) -> Result<&GraphqlApi, AppSyncError> {
        self.apis
            .get(id)
            .map(|api| &**api)
            .ok_or_else(|| AppSyncError::ApiNotFound(id.clone()))
    }

    /// The API of an id, to be changed.
    pub fn api_mut(&mut self, id: &ApiId) -> Result<&mut GraphqlApi, AppSyncError> {
        self.apis
            .get_mut(id)
            .map(|api| &mut **api)
            .ok_or_else(|| AppSyncError::ApiNotFound(id.clone()))
    }

    /// The API that answers at a host label, which is not its id [REC].
    pub fn api_of_host(&self, label: &str) -> Option<&GraphqlApi> {
        let api = self.apis.get(self.hosts.get(label)?)?;
        Some(api)
    }

    /// All APIs, by id.
    pub fn apis(&self) -> impl Iterator<Item = &GraphqlApi> {
        self.apis.values().map(|api| &**api)
    }

    /// One page of the APIs, of one type if it is given.
    pub fn list_apis(
        &self,
        request: PageRequest,
        api_type: Option<ApiType>,
        settings: &AppSyncSettings,
    ) -> Page<&GraphqlApi> {
        let wanted = |api: &&GraphqlApi| api_type.is_none_or(|wanted| api.api_type == wanted);
        cut(
            self.apis().filter(wanted),
            |api| api.place,
            request,
            settings,
        )
    }

    /// Replaces what the owner set; refused while the schema is altered [MODEL: 409].
    pub fn update_api(
        &mut self,
        id: &ApiId,
        definition: ApiDefinition,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<&GraphqlApi, AppSyncError> {
        let api = self.api_mut(id)?;
        api.check_unlocked(now, settings)?;
        api.definition = definition;
        Ok(api)
    }

    /// Deletes an API and with it its keys [INF]; refused while the schema is altered [MODEL: 409].
    pub fn delete_api(
        &mut self,
        id: &ApiId,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        self.api(id)?.check_unlocked(now, settings)?;
        if let Some(mut api) = self.apis.remove(id) {
            self.hosts.remove(&api.host);
            api.keys.remove_all(now);
            api.deleted_at = Some(now);
            if self.deleted.len() == DELETED_MAX {
                self.deleted.pop_front();
            }
            self.deleted.push_back(api);
        }
        Ok(())
    }

    /// The keys of an API, of either kind [IaC: the operations are the same].
    fn keys(&self, id: &ApiId) -> Result<&ApiKeys, AppSyncError> {
        match self.events.find(id) {
            Some(api) => Ok(&api.keys),
            None => self.api(id).map(|api| &api.keys),
        }
    }

    fn keys_mut(&mut self, id: &ApiId) -> Result<&mut ApiKeys, AppSyncError> {
        if self.events.find(id).is_none() {
            return self.api_mut(id).map(|api| &mut api.keys);
        }
        self.events.get_mut(id).map(|api| &mut api.keys)
    }

    /// The tags of an API, of either kind; none if there is no such API.
    pub fn tags(&self, id: &ApiId) -> Option<&Tags> {
        let event = self.events.find(id).map(|api| &api.tags);
        event.or_else(|| self.api(id).ok().map(|api| &api.tags))
    }

    /// The tags of an API, of either kind, to be changed.
    pub fn tags_mut(&mut self, id: &ApiId) -> Result<&mut Tags, AppSyncError> {
        if self.events.find(id).is_none() {
            return self.api_mut(id).map(|api| &mut api.tags);
        }
        self.events.get_mut(id).map(|api| &mut api.tags)
    }

    /// Refuses while the schema of a GraphQL API is altered; an Event API has none.
    fn check_unlocked(
        &self,
        id: &ApiId,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        match self.events.find(id) {
            Some(_) => Ok(()),
            None => self.api(id)?.check_unlocked(now, settings),
        }
    }

    fn check_key_change(
        &self,
        id: &ApiId,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        if settings.of_api(id).schema_lock_covers_key_changes {
            self.check_unlocked(id, now, settings)?;
        }
        Ok(())
    }

    /// Makes a key, whatever the modes of the API are [REC]; refused while the schema is altered
    /// [REC], though the model does not list that error.
    pub fn create_key(
        &mut self,
        api: &ApiId,
        attributes: KeyAttributes,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&ApiKey, AppSyncError> {
        self.check_unlocked(api, now, settings)?;
        let keys = self.keys_mut(api)?;
        keys.create(attributes, now, entropy, settings.of_api(api))
    }

    /// Changes a key.
    pub fn update_key(
        &mut self,
        api: &ApiId,
        key: &ApiKeyId,
        attributes: KeyAttributes,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<&ApiKey, AppSyncError> {
        self.check_key_change(api, now, settings)?;
        let keys = self.keys_mut(api)?;
        keys.update(key, attributes, now, settings.of_api(api))
    }

    /// Deletes a key.
    pub fn delete_key(
        &mut self,
        api: &ApiId,
        key: &ApiKeyId,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        self.check_key_change(api, now, settings)?;
        self.keys_mut(api)?.delete(key, now, settings.of_api(api))
    }

    /// One page of the keys of an API.
    pub fn list_keys(
        &self,
        api: &ApiId,
        request: PageRequest,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<Page<&ApiKey>, AppSyncError> {
        let keys = self.keys(api)?;
        Ok(keys.list(request, now, settings.of_api(api)))
    }

    /// Was never an API here?
    pub fn is_unused(&self) -> bool {
        self.made == 0
            && self.events.all().next().is_none()
            && self.events.deleted().next().is_none()
    }

    /// Does one of its APIs answer at a host label?
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains_key(host) || self.events.of_host(host).is_some()
    }

    /// Notes what the data plane said to a key of an API, for judges.
    pub fn note_use(&mut self, host: &str, key: &str, is_accepted: bool, now: Timestamp) {
        let graphql = self.hosts.get(host).and_then(|id| self.apis.get_mut(id));
        let keys = match graphql {
            Some(api) => Some(&mut api.keys),
            None => self.events.of_host_mut(host).map(|api| &mut api.keys),
        };
        if let Some(keys) = keys {
            keys.note_use(key, is_accepted, now);
        }
    }

    /// Every key that is gone, with the API it belonged to, deleted APIs included: for judges.
    pub fn removed_keys(&self) -> impl Iterator<Item = (&ApiId, &RemovedKey)> {
        let apis = self.apis.values().chain(&self.deleted);
        let graphql = apis.map(|api| (&api.id, &api.keys));
        let events = self.events.all().chain(self.events.deleted());
        let events = events.map(|api| (&api.id, &api.keys));
        let all = graphql.chain(events);
        all.flat_map(|(id, keys)| keys.removed().map(move |gone| (id, gone)))
    }

    /// When the next key lapses.
    pub fn poll_timeout(&self, settings: &AppSyncSettings) -> Option<Timestamp> {
        let graphql = self.apis.values().map(|api| (&api.id, &api.keys));
        let events = self.events.all().map(|api| (&api.id, &api.keys));
        graphql
            .chain(events)
            .filter_map(|(id, keys)| keys.next_removal(settings.of_api(id)))
            .min()
    }

    /// Removes the keys whose time is over.
    pub fn handle_timeout(&mut self, now: Timestamp, settings: &AppSyncSettings) {
        for api in self.apis.values_mut() {
            let api = &mut **api;
            api.keys.remove_lapsed(now, settings.of_api(&api.id));
        }
        for api in self.events.all_mut() {
            api.keys.remove_lapsed(now, settings.of_api(&api.id));
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    //! APIs for tests.

    use std::collections::BTreeMap;

    use super::authentication::{Authentication, AuthenticationProvider, AuthenticationType};
    use super::event_api::EventApiDefinition;
    use super::event_config::{EventConfig, ModeLists};
    use super::graphql_api::{ApiDefinition, ApiType, Introspection, NewApi, Visibility};

    /// An API whose only mode is a key.
    pub(crate) fn key_api(name: &str) -> NewApi {
        api_with(name, &[AuthenticationType::ApiKey])
    }

    /// An Event API with these providers, the first of which opens everything.
    pub(crate) fn event_api(name: &str, providers: &[AuthenticationType]) -> EventApiDefinition {
        let modes = ModeLists {
            connection: providers[..1].to_vec(),
            publish: providers[..1].to_vec(),
            subscribe: providers[..1].to_vec(),
        };
        let providers = providers.iter().copied().map(AuthenticationProvider::plain);
        EventApiDefinition {
            name: name.to_owned(),
            owner_contact: None,
            event_config: EventConfig::new(providers.collect(), modes, None).unwrap(),
        }
    }

    /// An API with these modes, the first of which is the default.
    pub(crate) fn api_with(name: &str, modes: &[AuthenticationType]) -> NewApi {
        let mut providers = modes.iter().copied().map(AuthenticationProvider::plain);
        let default = providers.next().unwrap();
        NewApi {
            definition: ApiDefinition {
                name: name.to_owned(),
                authentication: Authentication::new(default, providers.collect()).unwrap(),
                log_config: None,
                xray_enabled: false,
                introspection: Introspection::default(),
                query_depth_limit: 0,
                resolver_count_limit: 0,
                owner_contact: None,
                enhanced_metrics_config: None,
                merged_api_execution_role_arn: None,
            },
            api_type: ApiType::default(),
            visibility: Visibility::default(),
            tags: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::api_keys::RemovalCause;
    use super::authentication::AuthenticationType;
    use super::samples::{event_api, key_api};
    use super::*;

    static SETTINGS: LazyLock<AppSyncSettings> = LazyLock::new(AppSyncSettings::default);

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn with_api() -> (AppSync, ApiId, Entropy) {
        let (mut appsync, mut entropy) = (AppSync::default(), Entropy::from_seed(2));
        let api = appsync
            .create_api(key_api("a"), NOW, &mut entropy, &SETTINGS)
            .unwrap();
        let id = api.id.clone();
        (appsync, id, entropy)
    }

    #[test]
    fn an_api_is_found_by_its_id_and_by_its_host_label_only() {
        let (appsync, id, _) = with_api();
        let host = appsync.api(&id).unwrap().host.clone();
        assert_eq!(appsync.api_of_host(host.as_str()).unwrap().id, id);
        assert!(appsync.api_of_host(id.as_str()).is_none());
        let by_host = ApiId::new(host.as_str());
        assert_eq!(
            appsync.api(&by_host).err(),
            Some(AppSyncError::ApiNotFound(by_host.clone()))
        );
    }

    #[test]
    fn the_twenty_sixth_api_is_refused() {
        let (mut appsync, _, mut entropy) = with_api();
        let mut create = || {
            appsync
                .create_api(key_api("a"), NOW, &mut entropy, &SETTINGS)
                .map(|_| ())
        };
        for _ in 1..25 {
            create().unwrap();
        }
        assert_eq!(create(), Err(AppSyncError::TooManyApis { limit: 25 }));
    }

    #[test]
    fn a_schema_change_locks_the_creation_of_keys_but_not_their_changes() {
        let (mut appsync, id, mut entropy) = with_api();
        let none = KeyAttributes::default;
        let key = appsync
            .create_key(&id, none(), NOW, &mut entropy, &SETTINGS)
            .unwrap()
            .id
            .clone();
        appsync.api_mut(&id).unwrap().schema.hold(true);
        let locked = AppSyncError::SchemaBeingAltered(id.clone());
        let created = appsync.create_key(&id, none(), NOW, &mut entropy, &SETTINGS);
        assert_eq!(created, Err(locked.clone()));
        assert_eq!(
            appsync
                .update_api(&id, key_api("b").definition, NOW, &SETTINGS)
                .err(),
            Some(locked.clone())
        );
        assert_eq!(appsync.delete_api(&id, NOW, &SETTINGS), Err(locked.clone()));
        assert!(
            appsync
                .update_key(&id, &key, none(), NOW, &SETTINGS)
                .is_ok()
        );
        let strict = AppSyncSettings {
            schema_lock_covers_key_changes: true,
            ..AppSyncSettings::default()
        };
        assert_eq!(
            appsync.update_key(&id, &key, none(), NOW, &strict),
            Err(locked.clone())
        );
        assert_eq!(appsync.delete_key(&id, &key, NOW, &strict), Err(locked));
        appsync.api_mut(&id).unwrap().schema.hold(false);
        assert_eq!(appsync.delete_key(&id, &key, NOW, &SETTINGS), Ok(()));
    }

    #[test]
    fn the_history_outlives_the_api() {
        let (mut appsync, id, mut entropy) = with_api();
        let described = |text: &str| KeyAttributes {
            description: Some(text.to_owned()),
            expires: None,
        };
        let key = appsync
            .create_key(&id, described("mine"), NOW, &mut entropy, &SETTINGS)
            .unwrap()
            .id
            .clone();
        appsync
            .create_key(&id, KeyAttributes::default(), NOW, &mut entropy, &SETTINGS)
            .unwrap();
        appsync.delete_key(&id, &key, NOW, &SETTINGS).unwrap();
        appsync
            .delete_api(&id, NOW.plus_millis(5), &SETTINGS)
            .unwrap();
        let host_is_gone = appsync.apis().next().is_none() && appsync.hosts.is_empty();
        assert!(host_is_gone);
        let mut gone: Vec<_> = appsync.removed_keys().map(|(_, gone)| gone).collect();
        gone.sort_by_key(|gone| gone.at);
        assert_eq!(gone[0].key.description.as_deref(), Some("mine"));
        assert_eq!(
            (gone[0].cause, gone[1].cause),
            (RemovalCause::Deleted, RemovalCause::ApiDeleted)
        );
        assert_eq!(gone[1].key.description, None);
    }

    #[test]
    fn event_apis_have_keys_and_tags_by_the_same_rules() {
        let (mut appsync, mut entropy) = (AppSync::default(), Entropy::from_seed(2));
        let definition = event_api("e", &[AuthenticationType::ApiKey]);
        let made = appsync
            .events
            .create(definition, BTreeMap::new(), NOW, &mut entropy, &SETTINGS);
        let id = made.unwrap().id.clone();
        let none = KeyAttributes::default;
        let mut create = |appsync: &mut AppSync| {
            let made = appsync.create_key(&id, none(), NOW, &mut entropy, &SETTINGS);
            made.unwrap().clone()
        };
        let key = create(&mut appsync);
        let updated = appsync.update_key(&id, &key.id, none(), NOW, &SETTINGS);
        assert_eq!(updated, Ok(&key));
        appsync.delete_key(&id, &key.id, NOW, &SETTINGS).unwrap();
        let later = create(&mut appsync);
        let listed = appsync.list_keys(&id, PageRequest::default(), NOW, &SETTINGS);
        assert_eq!(listed.unwrap().items, [&later]);
        assert_eq!(appsync.poll_timeout(&SETTINGS), Some(later.deletes()));
        let tags = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        appsync.tags_mut(&id).unwrap().add(tags.clone()).unwrap();
        assert_eq!(appsync.events.get(&id).unwrap().tags.all(), &tags);
        appsync.events.delete(&id, NOW).unwrap();
        let gone = Err(AppSyncError::EventApiNotFound(id.clone()));
        assert_eq!(appsync.events.delete(&id, NOW), gone);
        assert_eq!(appsync.removed_keys().count(), 2);
        let unknown = appsync.list_keys(&id, PageRequest::default(), NOW, &SETTINGS);
        assert_eq!(unknown, Err(AppSyncError::ApiNotFound(id)));
    }

    #[test]
    fn lapsed_keys_go_when_the_clock_says_so() {
        let (mut appsync, id, mut entropy) = with_api();
        assert_eq!(appsync.poll_timeout(&SETTINGS), None);
        let key = appsync
            .create_key(&id, KeyAttributes::default(), NOW, &mut entropy, &SETTINGS)
            .unwrap();
        let deletes = key.deletes();
        assert_eq!(appsync.poll_timeout(&SETTINGS), Some(deletes));
        appsync.handle_timeout(deletes, &SETTINGS);
        assert_eq!(appsync.poll_timeout(&SETTINGS), None);
        let (_, gone) = appsync.removed_keys().next().unwrap();
        assert_eq!((gone.at, gone.cause), (deletes, RemovalCause::Lapsed));
    }
}
