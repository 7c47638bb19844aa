//! Whether the data plane of an API serves a key at a moment, and why not.

use crate::defect::Defect;
use crate::time::Timestamp;

use super::api_key::ApiKey;
use super::api_keys::{ApiKeys, RemovalCause, RemovedKey, has_passed};
use super::authentication::AuthenticationType;
use super::graphql_api::GraphqlApi;
use super::settings::AppSyncSettings;

/// Why a request to the data plane is refused. AWS tells the middle four apart to nobody [REC].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No key was sent.
    Missing,
    /// The API has no API_KEY mode, so that the key is not even looked at [INF].
    NoApiKeyMode,
    /// The API never had such a key.
    Unknown,
    /// The key is younger than the activation delay.
    NotYetActive,
    /// The key's time is over.
    Expired,
    /// The key was deleted.
    Deleted,
}

/// Decides about the key that a request carries, in O(log n) of the keys of the API.
///
/// Expiry is exact to the stored hour [DOCS]. Both delays are settings, since nothing is known of
/// them [?]; during the revocation delay a deleted key is served as if it were there.
pub fn authorize<'a>(
    api: &'a GraphqlApi,
    presented: Option<&str>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<&'a ApiKey, Refusal> {
    let presented = presented.ok_or(Refusal::Missing)?;
    if !api
        .definition
        .authentication
        .has(AuthenticationType::ApiKey)
    {
        return Err(Refusal::NoApiKeyMode);
    }
    authorize_key(&api.keys, presented, now, settings)
}

/// Decides about a key of an API, of either kind, that has the API_KEY mode.
pub fn authorize_key<'a>(
    keys: &'a ApiKeys,
    presented: &str,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<&'a ApiKey, Refusal> {
    let key = match (keys.find(presented), keys.find_removed(presented)) {
        (Some(key), _) => key,
        (None, Some(gone)) => served_though_gone(gone, now, settings)?,
        (None, None) => return Err(Refusal::Unknown),
    };
    if key.is_expired(now) {
        return Err(Refusal::Expired);
    }
    if !has_passed(settings.activation_delay_ms, key.created_at, now) {
        return Err(Refusal::NotYetActive);
    }
    Ok(key)
}

fn served_though_gone<'a>(
    gone: &'a RemovedKey,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<&'a ApiKey, Refusal> {
    match gone.cause {
        RemovalCause::Lapsed => Err(Refusal::Expired),
        RemovalCause::Deleted if !has_passed(settings.revocation_delay_ms, gone.at, now) => {
            Ok(&gone.key)
        }
        RemovalCause::Deleted if Defect::DeletedAccepted.is_on() => Ok(&gone.key),
        RemovalCause::Deleted | RemovalCause::ApiDeleted => Err(Refusal::Deleted),
    }
}

#[cfg(test)]
mod tests {
    use super::super::api_key::KeyAttributes;
    use super::super::graphql_api::NewApi;
    use super::super::samples::{api_with, key_api};
    use super::*;
    use crate::entropy::Entropy;

    struct Fixture {
        api: GraphqlApi,
        key: ApiKey,
        settings: AppSyncSettings,
    }

    fn start() -> Timestamp {
        Timestamp::parse("2026-11-22T10:30:00Z").unwrap()
    }

    impl Fixture {
        fn new(new: NewApi, settings: AppSyncSettings) -> Self {
            let mut entropy = Entropy::from_seed(5);
            let mut api = GraphqlApi::new(new, 0, start(), &mut entropy).unwrap();
            let attributes = KeyAttributes::default();
            let key = api
                .keys
                .create(attributes, start(), &mut entropy, &settings)
                .unwrap();
            let key = key.clone();
            Self { api, key, settings }
        }

        fn decide(&self, now: Timestamp) -> Result<(), Refusal> {
            let presented = Some(self.key.id.expose());
            authorize(&self.api, presented, now, &self.settings).map(|_| ())
        }
    }

    #[test]
    fn a_key_is_served_until_the_moment_it_expires() {
        let fixture = Fixture::new(key_api("a"), AppSyncSettings::default());
        assert_eq!(fixture.decide(start()), Ok(()));
        assert_eq!(fixture.decide(fixture.key.expires.plus_millis(-1)), Ok(()));
        assert_eq!(fixture.decide(fixture.key.expires), Err(Refusal::Expired));
        assert_eq!(
            fixture.decide(fixture.key.deletes().plus_days(1)),
            Err(Refusal::Expired)
        );
    }

    #[test]
    fn no_key_and_a_wrong_key_are_told_apart() {
        let fixture = Fixture::new(key_api("a"), AppSyncSettings::default());
        let decide = |presented| authorize(&fixture.api, presented, start(), &fixture.settings);
        assert_eq!(decide(None), Err(Refusal::Missing));
        assert_eq!(decide(Some("")), Err(Refusal::Unknown));
        assert_eq!(
            decide(Some("da2-aaaaaaaaaaaaaaaaaaaaaaaaaa")),
            Err(Refusal::Unknown)
        );
    }

    #[test]
    fn without_the_mode_no_key_is_served() {
        let api = api_with("a", &[AuthenticationType::AwsIam]);
        let fixture = Fixture::new(api, AppSyncSettings::default());
        assert_eq!(fixture.decide(start()), Err(Refusal::NoApiKeyMode));
    }

    #[test]
    fn a_new_key_can_take_a_while() {
        let settings = AppSyncSettings {
            activation_delay_ms: 500,
            ..AppSyncSettings::default()
        };
        let fixture = Fixture::new(key_api("a"), settings);
        assert_eq!(
            fixture.decide(start().plus_millis(499)),
            Err(Refusal::NotYetActive)
        );
        assert_eq!(fixture.decide(start().plus_millis(500)), Ok(()));
    }

    #[test]
    fn a_deleted_key_stops_at_once_or_after_the_delay() {
        for (delay, last_good) in [(0, None), (500, Some(499))] {
            let base = AppSyncSettings::default();
            let settings = AppSyncSettings {
                revocation_delay_ms: delay,
                ..base
            };
            let mut fixture = Fixture::new(key_api("a"), settings.clone());
            let id = fixture.key.id.clone();
            fixture.api.keys.delete(&id, start(), &settings).unwrap();
            if let Some(good) = last_good {
                assert_eq!(fixture.decide(start().plus_millis(good)), Ok(()));
            }
            assert_eq!(
                fixture.decide(start().plus_millis(delay)),
                Err(Refusal::Deleted)
            );
        }
    }

    #[test]
    fn a_deleted_key_still_expires_within_the_delay() {
        let settings = AppSyncSettings {
            revocation_delay_ms: i64::MAX,
            ..AppSyncSettings::default()
        };
        let mut fixture = Fixture::new(key_api("a"), settings.clone());
        let id = fixture.key.id.clone();
        fixture.api.keys.delete(&id, start(), &settings).unwrap();
        assert_eq!(fixture.decide(fixture.key.expires.plus_millis(-1)), Ok(()));
        assert_eq!(fixture.decide(fixture.key.expires), Err(Refusal::Expired));
    }
}
