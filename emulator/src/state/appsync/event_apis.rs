//! The Event APIs of one account in one Region.

use std::collections::{BTreeMap, VecDeque};

use crate::entropy::Entropy;
use crate::ids::{ApiId, HostLabel};
use crate::time::Timestamp;

use super::super::shared::Shared;
use super::DELETED_MAX;
use super::error::AppSyncError;
use super::event_api::{EventApi, EventApiDefinition};
use super::page::{Page, PageRequest, cut};
use super::settings::AppSyncSettings;
use super::tags::Tags;

/// The Event APIs of one account in one Region.
#[derive(Clone, Debug, Default)]
pub struct EventApis {
    present: BTreeMap<ApiId, Shared<EventApi>>,
    hosts: BTreeMap<HostLabel, ApiId>,
    deleted: VecDeque<Shared<EventApi>>,
    made: u64,
}

impl EventApis {
    /// Makes an API. Names need not be unique.
    pub fn create(
        &mut self,
        definition: EventApiDefinition,
        tags: BTreeMap<String, String>,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&EventApi, AppSyncError> {
        let tags = Tags::new(tags)?;
        let limit = settings.events.apis_max;
        if self.present.len() >= limit {
            return Err(AppSyncError::TooManyEventApis { limit });
        }
        let api = EventApi::new(definition, tags, self.made, now, entropy);
        self.made += 1;
        self.hosts.insert(api.host.clone(), api.id.clone());
        let kept = self.present.entry(api.id.clone());
        Ok(&*kept.or_insert(Shared::new(api)))
    }

    /// The API of an id, if there is one.
    pub fn find(&self, id: &ApiId) -> Option<&EventApi> {
        self.present.get(id).map(|api| &**api)
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, id: &ApiId) -> Option<&mut EventApi> {
        self.present.get_mut(id).map(|api| &mut **api)
    }

    /// The API of an id.
    pub fn get(&self, id: &ApiId) -> Result<&EventApi, AppSyncError> {
        let not_found = || AppSyncError::EventApiNotFound(id.clone());
        self.find(id).ok_or_else(not_found)
    }

    /// The API of an id, to be changed.
    pub fn get_mut(&mut self, id: &ApiId) -> Result<&mut EventApi, AppSyncError> {
        let not_found = || AppSyncError::EventApiNotFound(id.clone());
        self.find_mut(id).ok_or_else(not_found)
    }

    /// The API that answers at a host label.
    pub fn of_host(&self, label: &str) -> Option<&EventApi> {
        self.find(self.hosts.get(label)?)
    }

    /// The same, to be changed.
    pub(super) fn of_host_mut(&mut self, label: &str) -> Option<&mut EventApi> {
        let api = self.present.get_mut(self.hosts.get(label)?)?;
        Some(api)
    }

    /// All APIs, by id.
    pub fn all(&self) -> impl Iterator<Item = &EventApi> {
        self.present.values().map(|api| &**api)
    }

    /// The same, to be changed.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut EventApi> {
        self.present.values_mut().map(|api| &mut **api)
    }

    /// Those that were deleted, for judges.
    pub(super) fn deleted(&self) -> impl Iterator<Item = &EventApi> {
        self.deleted.iter().map(|api| &**api)
    }

    /// One page of the APIs.
    pub fn list(&self, request: PageRequest, settings: &AppSyncSettings) -> Page<&EventApi> {
        let all = self.all();
        cut(all, |api| api.place, request, settings)
    }

    /// Replaces what the owner set.
    pub fn update(
        &mut self,
        id: &ApiId,
        definition: EventApiDefinition,
    ) -> Result<&EventApi, AppSyncError> {
        let api = self.get_mut(id)?;
        api.update(definition)?;
        Ok(api)
    }

    /// Deletes an API and with it its namespaces and its keys [INF].
    pub fn delete(&mut self, id: &ApiId, now: Timestamp) -> Result<(), AppSyncError> {
        let not_found = || AppSyncError::EventApiNotFound(id.clone());
        let mut api = self.present.remove(id).ok_or_else(not_found)?;
        self.hosts.remove(&api.host);
        api.keys.remove_all(now);
        if self.deleted.len() == DELETED_MAX {
            self.deleted.pop_front();
        }
        self.deleted.push_back(api);
        Ok(())
    }
}
