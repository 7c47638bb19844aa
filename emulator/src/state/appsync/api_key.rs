//! One API key: how long it lives and when it goes.

use crate::defect::Defect;
use crate::entropy::Entropy;
use crate::ids::ApiKeyId;
use crate::time::{DAY_MS, Timestamp};

use super::error::AppSyncError;
use super::page::Place;
use super::settings::{AppSyncSettings, BoundsCheck};

/// Days that a key lives when no expiry is asked for [IaC].
pub const LIFE_DAYS_DEFAULT: i64 = 7;
/// The shortest life that can be asked for, in days [REC].
pub const LIFE_DAYS_MIN: i64 = 1;
/// The longest life that can be asked for, in days [REC].
pub const LIFE_DAYS_MAX: i64 = 365;
/// Days from expiry to removal [DOCS][REC].
pub const KEPT_DAYS: i64 = 60;

/// An API key. Its id is the credential [IaC][REC].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The key itself.
    pub id: ApiKeyId,
    /// What its maker wrote about it; kept as it was given.
    pub description: Option<String>,
    /// From when on it is refused; a whole hour [DOCS].
    pub expires: Timestamp,
    /// When it was made. AWS shows this nowhere; it is here for judges [MODEL: no such member].
    pub created_at: Timestamp,
    /// Where it stands in listings.
    pub place: Place,
}

/// What CreateApiKey and UpdateApiKey can be told about a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAttributes {
    /// A text to find the key by.
    pub description: Option<String>,
    /// When it shall expire.
    pub expires: Option<Timestamp>,
}

impl ApiKey {
    /// Makes a key: `da2-` and the base32 form of a random UUID [REC].
    pub fn mint(
        attributes: KeyAttributes,
        made: u64,
        now: Timestamp,
        entropy: &mut Entropy,
        settings: &AppSyncSettings,
    ) -> Result<Self, AppSyncError> {
        let expires = match attributes.expires {
            Some(asked) => granted_expiry(asked, now, settings.bounds)?,
            None => now.plus_days(LIFE_DAYS_DEFAULT).floor_hour(),
        };
        Ok(Self {
            id: ApiKeyId::new(format!("da2-{}", entropy.base32_uuid())),
            description: attributes.description,
            expires,
            created_at: now,
            place: Place {
                drawn: entropy.number(),
                made,
            },
        })
    }

    /// Changes what is given and keeps the rest [IaC for the description, INF for the expiry].
    ///
    /// A new expiry is bounded from now on, not from when the key was made, and brings an expired
    /// key back to life [DOCS].
    pub fn update(
        &mut self,
        attributes: KeyAttributes,
        now: Timestamp,
        settings: &AppSyncSettings,
    ) -> Result<(), AppSyncError> {
        let asked = attributes.expires;
        let expires = asked
            .map(|asked| granted_expiry(asked, now, settings.bounds))
            .transpose()?;
        self.expires = expires.unwrap_or(self.expires);
        self.description = attributes.description.or_else(|| self.description.take());
        Ok(())
    }

    /// When the key is removed: 60 days after its expiry [DOCS][REC].
    pub const fn deletes(&self) -> Timestamp {
        self.expires.plus_days(KEPT_DAYS)
    }

    /// When the key is really removed: AWS does it lazily [DOCS].
    pub const fn removed_at(&self, settings: &AppSyncSettings) -> Timestamp {
        self.deletes().plus_millis(settings.removal_lag_ms)
    }

    /// Whether the data plane refuses the key for its age.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires && !Defect::ExpiredAccepted.is_on()
    }
}

/// The expiry that is stored for the one that was asked for: rounded down to the hour [DOCS].
///
/// Both bounds are inclusive [?] and compared in whole seconds, the unit of the wire. They are
/// held against the value as sent, so that a key can live up to an hour less than a day [INF].
fn granted_expiry(
    asked: Timestamp,
    now: Timestamp,
    check: BoundsCheck,
) -> Result<Timestamp, AppSyncError> {
    let checked = match check {
        BoundsCheck::Unrounded => asked,
        BoundsCheck::Rounded => asked.floor_hour(),
    };
    let ahead = checked.as_seconds().saturating_sub(now.as_seconds());
    if ahead < LIFE_DAYS_MIN * DAY_MS / 1000 {
        return Err(AppSyncError::ExpiresTooSoon { asked, now });
    }
    if ahead > LIFE_DAYS_MAX * DAY_MS / 1000 {
        return Err(AppSyncError::ExpiresTooLate { asked, now });
    }
    if Defect::ExpiryUnrounded.is_on() {
        return Ok(asked);
    }
    Ok(asked.floor_hour())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::HOUR_MS;

    const UNROUNDED: BoundsCheck = BoundsCheck::Unrounded;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T10:59:59.900Z").unwrap()
    }

    fn seconds_ahead(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(now().as_seconds() + seconds)
    }

    fn mint(expires: Option<Timestamp>) -> Result<ApiKey, AppSyncError> {
        let attributes = KeyAttributes {
            description: None,
            expires,
        };
        let settings = AppSyncSettings::default();
        ApiKey::mint(attributes, 0, now(), &mut Entropy::from_seed(1), &settings)
    }

    #[test]
    fn without_an_expiry_a_key_lives_for_seven_days_from_the_hour() {
        let key = mint(None).unwrap();
        assert_eq!(
            key.expires,
            Timestamp::parse("2026-11-29T10:00:00Z").unwrap()
        );
        assert_eq!(key.deletes().millis_since(key.expires), 5_184_000_000);
    }

    #[test]
    fn an_id_has_the_shape_seen_on_aws() {
        let key = mint(None).unwrap();
        let random = key.id.expose().strip_prefix("da2-").unwrap();
        assert_eq!(random.len(), 26);
        assert!(
            random
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
        );
    }

    #[test]
    fn both_bounds_are_inclusive_and_hold_for_the_value_as_sent() {
        let day = 86_400;
        let too_soon = |asked| AppSyncError::ExpiresTooSoon { asked, now: now() };
        let too_late = |asked| AppSyncError::ExpiresTooLate { asked, now: now() };
        let granted = |seconds| granted_expiry(seconds_ahead(seconds), now(), UNROUNDED);
        assert_eq!(granted(day - 1), Err(too_soon(seconds_ahead(day - 1))));
        assert_eq!(
            granted(day),
            Ok(Timestamp::parse("2026-11-23T10:00:00Z").unwrap())
        );
        assert_eq!(
            granted(365 * day),
            Ok(Timestamp::parse("2027-11-22T10:00:00Z").unwrap())
        );
        assert_eq!(
            granted(365 * day + 1),
            Err(too_late(seconds_ahead(365 * day + 1)))
        );
    }

    #[test]
    fn bounds_can_hold_for_the_rounded_value() {
        let granted = |hours: i64| {
            let asked = now().plus_millis(hours * HOUR_MS);
            granted_expiry(asked, now(), BoundsCheck::Rounded)
        };
        assert!(matches!(
            granted(24),
            Err(AppSyncError::ExpiresTooSoon { .. })
        ));
        assert!(granted(25).is_ok());
        assert!(granted(365 * 24).is_ok());
        assert!(matches!(
            granted(365 * 24 + 1),
            Err(AppSyncError::ExpiresTooLate { .. })
        ));
    }

    #[test]
    fn absurd_moments_are_refused_and_do_not_overflow() {
        for check in [UNROUNDED, BoundsCheck::Rounded] {
            let granted = |seconds| granted_expiry(Timestamp::from_seconds(seconds), now(), check);
            assert!(matches!(
                granted(i64::MIN),
                Err(AppSyncError::ExpiresTooSoon { .. })
            ));
            assert!(matches!(
                granted(i64::MAX),
                Err(AppSyncError::ExpiresTooLate { .. })
            ));
            // Milliseconds where seconds belong.
            let asked = now().as_millis() + 10 * DAY_MS;
            assert!(matches!(
                granted(asked),
                Err(AppSyncError::ExpiresTooLate { .. })
            ));
        }
    }

    #[test]
    fn an_update_keeps_what_it_does_not_name() {
        let mut key = mint(Some(seconds_ahead(90 * 86_400))).unwrap();
        let settings = AppSyncSettings::default();
        let describe = |text: &str| KeyAttributes {
            description: Some(text.into()),
            expires: None,
        };
        let expires = key.expires;
        key.update(describe("first"), now(), &settings).unwrap();
        assert_eq!(
            (key.description.as_deref(), key.expires),
            (Some("first"), expires)
        );
        let later = KeyAttributes {
            description: None,
            expires: Some(seconds_ahead(100 * 86_400)),
        };
        key.update(later, now(), &settings).unwrap();
        assert_eq!(key.description.as_deref(), Some("first"));
        assert_eq!(key.expires.millis_since(expires), 10 * DAY_MS);
    }

    #[test]
    fn a_refused_update_changes_nothing() {
        let mut key = mint(None).unwrap();
        let before = key.clone();
        let change = KeyAttributes {
            description: Some("new".into()),
            expires: Some(seconds_ahead(1)),
        };
        assert!(
            key.update(change, now(), &AppSyncSettings::default())
                .is_err()
        );
        assert_eq!(key, before);
    }

    proptest! {
        #[test]
        fn a_stored_expiry_is_the_hour_of_the_asked_one(
            at in 0i64..4_000_000_000_000, ahead in 86_400i64..=31_536_000,
        ) {
            let now = Timestamp::from_millis(at);
            let asked = Timestamp::from_seconds(now.as_seconds() + ahead);
            let granted = granted_expiry(asked, now, UNROUNDED).unwrap();
            let lost = asked.millis_since(granted);
            prop_assert!((0..HOUR_MS).contains(&lost));
            prop_assert_eq!(granted.floor_hour(), granted);
        }
    }
}
