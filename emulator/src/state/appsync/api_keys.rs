//! The keys of one API: those that are listed, and the history of those that are gone.

use std::collections::BTreeMap;

use crate::defect::Defect;
use crate::entropy::Entropy;
use crate::ids::ApiKeyId;
use crate::time::Timestamp;

use super::api_key::{ApiKey, KeyAttributes};
use super::error::AppSyncError;
use super::page::{Page, PageRequest, cut};
use super::settings::AppSyncSettings;

/// Why a key is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalCause {
    /// DeleteApiKey.
    Deleted,
    /// Its 60 days after expiry are over [DOCS].
    Lapsed,
    /// Its API was deleted [INF].
    ApiDeleted,
}

/// A key that is gone. AWS forgets it; judges do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedKey {
    /// The key as it last was.
    pub key: ApiKey,
    /// When it went.
    pub at: Timestamp,
    /// Why it went.
    pub cause: RemovalCause,
}

/// A time in which the data plane refused a key that there is or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalWindow {
    /// When it was first refused.
    pub from: Timestamp,
    /// When it was next accepted, if it was.
    pub to: Option<Timestamp>,
}

/// The keys of one API. Looking one up takes O(log n).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeys {
    present: BTreeMap<ApiKeyId, ApiKey>,
    removed: BTreeMap<ApiKeyId, RemovedKey>,
    refusals: BTreeMap<ApiKeyId, Vec<RefusalWindow>>,
    made: u64,
}

impl ApiKeys {
    /// Makes a key. There is no client token: every call makes another one [MODEL].
    ///
    /// Expired keys count against the limit as long as they are listed [REC, indirect]. Which of
    /// the two checks comes first is not known [?].
    pub fn create(
        &mut self,
        attributes: KeyAttributes,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<&ApiKey, AppSyncError> {
        self.remove_lapsed(now, settings);
        let key = ApiKey::mint(attributes, self.made, now, entropy, settings)?;
        if self.counted(now, settings) >= settings.keys_max && !Defect::LimitIgnored.is_on() {
            return Err(AppSyncError::TooManyKeys {
                limit: settings.keys_max,
            });
        }
        self.made += 1;
        Ok(self.present.entry(key.id.clone()).or_insert(key))
    }

    /// Changes a key, an expired one included.
    pub fn update(
        &mut self,
        id: &ApiKeyId,
        attributes: KeyAttributes,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<&ApiKey, AppSyncError> {
        self.remove_lapsed(now, settings);
        let key = self
            .present
            .get_mut(id)
            .ok_or_else(|| AppSyncError::KeyNotFound(id.clone()))?;
        key.update(attributes, now, settings)?;
        Ok(key)
    }

    /// Deletes a key; a second time it is not found [IaC].
    pub fn delete(
        &mut self,
        id: &ApiKeyId,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        self.remove_lapsed(now, settings);
        if !self.present.contains_key(id) {
            return Err(AppSyncError::KeyNotFound(id.clone()));
        }
        self.remove(id, now, RemovalCause::Deleted);
        Ok(())
    }

    /// One page of the keys, expired ones included [DOCS], as they were `list_lag_ms` ago.
    pub fn list(
        &self,
        request: PageRequest,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Page<&ApiKey> {
        let lag = settings.list_lag_ms;
        let present = self.present(now, settings);
        let still_shown = self
            .removed
            .values()
            .filter(|gone| gone.cause == RemovalCause::Deleted && !has_passed(lag, gone.at, now));
        let shown = present
            .chain(still_shown.map(|gone| &gone.key))
            .filter(|key| has_passed(lag, key.created_at, now));
        cut(shown, |key| key.place, request, settings)
    }

    /// The keys that there are, expired ones included.
    pub fn present(
        &self,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> impl Iterator<Item = &ApiKey> {
        self.present
            .values()
            .filter(move |key| now < key.removed_at(settings))
    }

    /// A key that there is, or was a moment ago and lapsed without anybody having looked since.
    pub fn find(&self, id: &str) -> Option<&ApiKey> {
        self.present.get(id)
    }

    /// A key that is gone.
    pub fn find_removed(&self, id: &str) -> Option<&RemovedKey> {
        self.removed.get(id)
    }

    /// All keys that are gone: what was deleted, when, and with what description.
    pub fn removed(&self) -> impl Iterator<Item = &RemovedKey> {
        self.removed.values()
    }

    /// Notes what the data plane said to a key. Keys that never were are not kept.
    pub fn note_use(&mut self, key: &str, is_accepted: bool, now: Timestamp) {
        if is_accepted {
            let open = self.refusals.get_mut(key).and_then(|all| all.last_mut());
            if let Some(window) = open.filter(|window| window.to.is_none()) {
                window.to = Some(now);
            }
            return;
        }
        let known = self.present.get_key_value(key).map(|(id, _)| id);
        let known = known.or_else(|| self.removed.get_key_value(key).map(|(id, _)| id));
        let Some(id) = known else { return };
        let windows = self.refusals.entry(id.clone()).or_default();
        if windows.last().is_none_or(|window| window.to.is_some()) {
            windows.push(RefusalWindow {
                from: now,
                to: None,
            });
        }
    }

    /// When the data plane refused a key.
    pub fn refusals(&self, key: &ApiKeyId) -> &[RefusalWindow] {
        self.refusals.get(key).map_or(&[], Vec::as_slice)
    }

    /// How many keys were ever made.
    pub const fn made(&self) -> u64 {
        self.made
    }

    /// Moves the keys whose time is over into the history.
    pub fn remove_lapsed(&mut self, now: Timestamp, settings: &AppSyncSettings) {
        let lapsed: Vec<(ApiKeyId, Timestamp)> = self
            .present
            .values()
            .map(|key| (key.id.clone(), key.removed_at(settings)))
            .filter(|(_, at)| *at <= now)
            .collect();
        for (id, at) in lapsed {
            self.remove(&id, at, RemovalCause::Lapsed);
        }
    }

    /// Removes every key, because the API goes [INF].
    pub fn remove_all(&mut self, now: Timestamp) {
        let ids: Vec<ApiKeyId> = self.present.keys().cloned().collect();
        for id in ids {
            self.remove(&id, now, RemovalCause::ApiDeleted);
        }
    }

    /// When the next key lapses.
    pub fn next_removal(&self, settings: &AppSyncSettings) -> Option<Timestamp> {
        self.present
            .values()
            .map(|key| key.removed_at(settings))
            .min()
    }

    fn counted(&self, now: Timestamp, settings: &AppSyncSettings) -> usize {
        let counts = |key: &&ApiKey| settings.expired_keys_count || !key.is_expired(now);
        self.present(now, settings).filter(counts).count()
    }

    fn remove(&mut self, id: &ApiKeyId, at: Timestamp, cause: RemovalCause) {
        if let Some(key) = self.present.remove(id) {
            self.removed
                .insert(id.clone(), RemovedKey { key, at, cause });
        }
    }
}

/// Whether `delay_ms` have passed since a moment. No delay has always passed, even if the clock
/// was set back in between.
pub(super) fn has_passed(delay_ms: i64, since: Timestamp, now: Timestamp) -> bool {
    delay_ms <= 0 || now.millis_since(since) >= delay_ms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Fixture {
        keys: ApiKeys,
        now: Timestamp,
        entropy: Entropy,
        settings: AppSyncSettings,
    }

    impl Fixture {
        fn new(settings: AppSyncSettings) -> Self {
            let now = Timestamp::parse("2026-11-22T10:30:00Z").unwrap();
            Self {
                keys: ApiKeys::default(),
                now,
                entropy: Entropy::from_seed(3),
                settings,
            }
        }

        fn create(&mut self) -> Result<ApiKey, AppSyncError> {
            self.keys
                .create(
                    KeyAttributes::default(),
                    self.now,
                    &mut self.entropy,
                    &self.settings,
                )
                .cloned()
        }

        fn update(&mut self, id: &ApiKeyId, days: i64) -> Result<ApiKey, AppSyncError> {
            let attributes = KeyAttributes {
                description: None,
                expires: Some(self.now.plus_days(days)),
            };
            self.keys
                .update(id, attributes, self.now, &self.settings)
                .cloned()
        }

        fn delete(&mut self, id: &ApiKeyId) -> Result<(), AppSyncError> {
            self.keys.delete(id, self.now, &self.settings)
        }

        fn listed(&self) -> Vec<ApiKeyId> {
            let page = self
                .keys
                .list(PageRequest::default(), self.now, &self.settings);
            page.items.into_iter().map(|key| key.id.clone()).collect()
        }
    }

    #[test]
    fn a_refusal_lasts_until_the_key_is_accepted_again() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        let key = fixture.create().unwrap().id;
        let at = |seconds| fixture.now.plus_millis(seconds * 1_000);
        let keys = &mut fixture.keys;
        for (seconds, is_accepted) in [(0, true), (1, false), (2, false), (3, true), (4, false)] {
            keys.note_use(key.expose(), is_accepted, at(seconds));
        }
        keys.note_use("da2-never", false, at(5));
        let window = |from, to: Option<i64>| RefusalWindow {
            from: at(from),
            to: to.map(at),
        };
        assert_eq!(keys.refusals(&key), [window(1, Some(3)), window(4, None)]);
        assert_eq!(keys.refusals.len(), 1);
    }

    #[test]
    fn the_fifty_first_key_is_refused_until_one_is_deleted() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        for _ in 0..50 {
            fixture.create().unwrap();
        }
        assert_eq!(
            fixture.create(),
            Err(AppSyncError::TooManyKeys { limit: 50 })
        );
        let id = fixture.listed().remove(0);
        fixture.delete(&id).unwrap();
        assert!(fixture.create().is_ok());
    }

    #[test]
    fn expired_keys_count_until_they_are_removed() {
        let settings = AppSyncSettings {
            keys_max: 1,
            ..AppSyncSettings::default()
        };
        let mut fixture = Fixture::new(settings);
        let key = fixture.create().unwrap();
        fixture.now = key.deletes().plus_millis(-1);
        assert!(key.is_expired(fixture.now));
        assert_eq!(
            fixture.create(),
            Err(AppSyncError::TooManyKeys { limit: 1 })
        );
        fixture.now = key.deletes();
        assert!(fixture.create().is_ok());
        assert_eq!(
            fixture.keys.find_removed(key.id.expose()).unwrap().cause,
            RemovalCause::Lapsed
        );
    }

    #[test]
    fn expired_keys_can_be_made_not_to_count() {
        let base = AppSyncSettings::default();
        let settings = AppSyncSettings {
            keys_max: 1,
            expired_keys_count: false,
            ..base
        };
        let mut fixture = Fixture::new(settings);
        let key = fixture.create().unwrap();
        fixture.now = key.expires.plus_millis(-1);
        assert!(fixture.create().is_err());
        fixture.now = key.expires;
        assert!(fixture.create().is_ok());
    }

    #[test]
    fn an_expired_key_is_listed_and_can_be_revived_until_it_is_removed() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        let key = fixture.create().unwrap();
        fixture.now = key.deletes().plus_millis(-1);
        assert_eq!(fixture.listed(), std::slice::from_ref(&key.id));
        let revived = fixture.update(&key.id, 30).unwrap();
        assert!(!revived.is_expired(fixture.now));
        fixture.now = revived.deletes();
        assert_eq!(fixture.listed(), []);
        assert_eq!(
            fixture.update(&key.id, 30),
            Err(AppSyncError::KeyNotFound(key.id))
        );
    }

    #[test]
    fn removal_can_lag_behind() {
        let settings = AppSyncSettings {
            removal_lag_ms: 1000,
            ..AppSyncSettings::default()
        };
        let mut fixture = Fixture::new(settings);
        let key = fixture.create().unwrap();
        fixture.now = key.deletes().plus_millis(999);
        assert_eq!(fixture.listed().len(), 1);
        assert_eq!(
            fixture.keys.next_removal(&fixture.settings),
            Some(fixture.now.plus_millis(1))
        );
        fixture.now = fixture.now.plus_millis(1);
        assert_eq!(fixture.listed().len(), 0);
    }

    #[test]
    fn a_key_is_deleted_once() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        let key = fixture.create().unwrap();
        assert_eq!(fixture.delete(&key.id), Ok(()));
        assert_eq!(
            fixture.delete(&key.id),
            Err(AppSyncError::KeyNotFound(key.id.clone()))
        );
        let gone: Vec<_> = fixture.keys.removed().collect();
        assert_eq!(
            (gone.len(), gone[0].cause, gone[0].at),
            (1, RemovalCause::Deleted, fixture.now)
        );
    }

    #[test]
    fn listings_can_lag_behind() {
        let settings = AppSyncSettings {
            list_lag_ms: 100,
            ..AppSyncSettings::default()
        };
        let mut fixture = Fixture::new(settings);
        let key = fixture.create().unwrap();
        fixture.now = fixture.now.plus_millis(99);
        assert_eq!(fixture.listed(), []);
        fixture.now = fixture.now.plus_millis(1);
        assert_eq!(fixture.listed(), std::slice::from_ref(&key.id));
        fixture.delete(&key.id).unwrap();
        assert_eq!(fixture.listed(), [key.id]);
        fixture.now = fixture.now.plus_millis(100);
        assert_eq!(fixture.listed(), []);
    }

    #[test]
    fn the_order_of_a_listing_is_not_that_of_creation_and_does_not_move() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        let made: Vec<_> = (0..20).map(|_| fixture.create().unwrap().id).collect();
        let listed = fixture.listed();
        assert_ne!(listed, made);
        let gone = listed[7].clone();
        fixture.delete(&gone).unwrap();
        let without: Vec<_> = listed.into_iter().filter(|id| *id != gone).collect();
        assert_eq!(fixture.listed(), without);
    }

    #[test]
    fn a_clock_that_was_set_back_hides_nothing() {
        let mut fixture = Fixture::new(AppSyncSettings::default());
        fixture.create().unwrap();
        fixture.now = fixture.now.plus_days(-1);
        assert_eq!(fixture.listed().len(), 1);
    }

    #[derive(Clone, Debug)]
    enum Act {
        Create,
        Update(prop::sample::Index, i64),
        Delete(prop::sample::Index),
        Wait(i64),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let which = any::<prop::sample::Index>;
        let act = prop_oneof![
            3 => Just(Act::Create),
            2 => (which(), 1i64..300).prop_map(|(which, days)| Act::Update(which, days)),
            1 => which().prop_map(Act::Delete),
            2 => (0i64..90 * 24).prop_map(Act::Wait),
        ];
        proptest::collection::vec(act, 0..60)
    }

    proptest! {
        #[test]
        fn every_key_ever_made_is_listed_or_in_the_history_and_never_both(acts in acts()) {
            let mut fixture =
                Fixture::new(AppSyncSettings { keys_max: 8, ..AppSyncSettings::default() });
            let mut made = Vec::new();
            for act in acts {
                match act {
                    Act::Create => made.extend(fixture.create().ok().map(|key| key.id)),
                    Act::Wait(hours) => {
                        fixture.now = fixture.now.plus_millis(hours * crate::time::HOUR_MS);
                    }
                    Act::Update(which, days) if !made.is_empty() => {
                        fixture.update(which.get(&made), days).ok();
                    }
                    Act::Delete(which) if !made.is_empty() => {
                        fixture.delete(which.get(&made)).ok();
                    }
                    Act::Update(..) | Act::Delete(_) => {}
                }
                let listed = fixture.listed();
                prop_assert!(listed.len() <= 8);
                fixture.keys.remove_lapsed(fixture.now, &fixture.settings);
                prop_assert_eq!(&listed, &fixture.listed(), "tidying up changes no listing");
                for id in &made {
                    let is_gone = fixture.keys.find_removed(id.expose()).is_some();
                    prop_assert_ne!(listed.contains(id), is_gone);
                }
                prop_assert_eq!(fixture.keys.made(), made.len() as u64);
            }
        }
    }
}
