//! Which keys may go: a pure choice over the listed keys, the labels and the time.
//!
//! Only a key with this secret's marker, that no labelled version names and that is older than
//! any invocation, is a candidate. It is first shortened to the grace period and deleted only
//! once it has expired: DeleteApiKey is final, but an expired key can be revived for 60 days
//! (documented), so that not even a decision on stale facts breaks a client at once. Whoever wants
//! old keys revoked rather than outlived chooses `RETIRE=delete` and does without that.

use crate::config::{Retirement, Settings};
use crate::expiry::{HOUR, next_hour};
use crate::key::ListedKey;
use crate::labels::Labels;
use std::collections::{BTreeMap, BTreeSet};

/// What is to happen to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Let it run out at this unix time.
    ExpireAt(i64),
    /// Delete it: it has run out, or nothing is to outlive its label.
    Delete,
}

/// Keys by their position in the list.
pub(crate) type Positions = BTreeSet<usize>;

/// What the list alone says about which labelled version names which key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Keys that a labelled version names.
    pub(crate) named: Positions,
    /// Versions whose value has to be read to know.
    pub(crate) unclear: Vec<String>,
}

/// Matches keys of ours to labelled versions by their markers.
///
/// A version with exactly one key of ours is clear, since its value was made from that key and
/// never changes. Any other has to be read, but only if some key of ours has no version yet.
pub(crate) fn survey(keys: &[ListedKey], labels: &Labels) -> Survey {
    let mut by_version: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, key) in keys.iter().enumerate() {
        if let Some(marker) = key
            .marker
            .as_ref()
            .filter(|marker| labels.knows(&marker.version))
        {
            by_version
                .entry(&marker.version)
                .or_default()
                .push(position);
        }
    }
    let clear = by_version
        .iter()
        .filter(|(_, positions)| positions.len() == 1);
    let (versions, named): (BTreeSet<&str>, Positions) = clear
        .map(|(version, positions)| (*version, positions[0]))
        .unzip();
    let ours = keys.iter().filter(|key| key.marker.is_some()).count();
    let unclear = labels
        .versions()
        .filter(|version| !versions.contains(version));
    let unclear = if ours == named.len() {
        Vec::new()
    } else {
        unclear.map(str::to_owned).collect()
    };
    Survey { named, unclear }
}

/// The keys that `value` names, whatever its shape: those whose id occurs in its text.
pub(crate) fn named_in(value: &str, keys: &[ListedKey]) -> Positions {
    positions(keys, |key| value.contains(key.key.expose()))
}

/// The keys made for `version`, for a version that has no value yet.
pub(crate) fn made_for(version: &str, keys: &[ListedKey]) -> Positions {
    positions(keys, |key| {
        key.marker
            .as_ref()
            .is_some_and(|marker| marker.version == version)
    })
}

fn positions(keys: &[ListedKey], is_meant: impl Fn(&ListedKey) -> bool) -> Positions {
    keys.iter()
        .enumerate()
        .filter(|(_, key)| is_meant(key))
        .map(|(at, _)| at)
        .collect()
}

/// The keys to retire at `now`, with their fates. `named` are the keys that labels protect.
pub(crate) fn choose(
    keys: &[ListedKey],
    named: &Positions,
    now: i64,
    settings: &Settings,
) -> Vec<(usize, Fate)> {
    let fate = |(position, key): (usize, &ListedKey)| {
        let marker = key.marker.as_ref()?;
        // A clock that went back makes a key look younger, which only delays.
        let age = now.saturating_sub(marker.created).max(0);
        if named.contains(&position) || age < settings.orphan_age_minutes * 60 {
            return None;
        }
        fate_at(key.expires, now, settings).map(|fate| (position, fate))
    };
    keys.iter().enumerate().filter_map(fate).collect()
}

fn fate_at(expires: i64, now: i64, settings: &Settings) -> Option<Fate> {
    match settings.retirement {
        Retirement::Off => None,
        Retirement::Delete => Some(Fate::Delete),
        Retirement::Expire if expires <= now => Some(Fate::Delete),
        Retirement::Expire => shortened(expires, now, settings.grace_hours),
    }
}

/// The end of the grace period, for a key that would outlive it.
pub(crate) fn shortened(expires: i64, now: i64, grace_hours: i64) -> Option<Fate> {
    let end = next_hour(now.saturating_add(grace_hours * HOUR));
    (expires > end).then_some(Fate::ExpireAt(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expiry::DAY;
    use crate::key::Key;
    use crate::labels::{CURRENT, PENDING, PREVIOUS};
    use crate::marker::{Marker, Owner};
    use proptest::prelude::*;

    const NOW: i64 = 1_790_000_123;

    fn key(id: &str, version: &str, created: i64, expires: i64) -> ListedKey {
        let owner = Owner::of("arn");
        let marker = Marker {
            owner,
            version: version.into(),
            created,
        };
        ListedKey {
            key: Key::listed(id),
            marker: Some(marker),
            expires,
        }
    }

    fn foreign(id: &str, expires: i64) -> ListedKey {
        ListedKey {
            key: Key::listed(id),
            marker: None,
            expires,
        }
    }

    fn labels() -> Labels {
        let label = |v: &str, l: &str| (v.to_owned(), vec![l.to_owned()]);
        Labels::new([
            label("v2", PREVIOUS),
            label("v3", CURRENT),
            label("v4", PENDING),
            label("v0", "LKG"),
        ])
    }

    fn chosen(keys: &[ListedKey], named: &[usize]) -> Vec<(usize, Fate)> {
        choose(
            keys,
            &named.iter().copied().collect(),
            NOW,
            &Settings::default(),
        )
    }

    #[test]
    fn only_old_unnamed_keys_of_ours_go() {
        let old = NOW - 90 * DAY;
        let keys = [
            foreign("f", NOW + DAY * 90),
            foreign("expired", NOW - 1),
            key("named", "v3", old, NOW + 50 * DAY),
            key("young", "v1", NOW - 3_599, NOW + 50 * DAY),
            key("future", "v1", NOW + 9_999, NOW - 50 * DAY),
            key("retired", "v1", old, NOW + 25 * HOUR),
            key("gone", "v1", old, NOW + 50 * DAY),
            key("dead", "v1", old, NOW),
        ];
        let until = next_hour(NOW + 25 * HOUR);
        assert!((25 * HOUR..26 * HOUR).contains(&(until - NOW)));
        assert_eq!(
            chosen(&keys, &[2]),
            [(6, Fate::ExpireAt(until)), (7, Fate::Delete)]
        );
    }

    #[test]
    fn how_keys_go_is_a_setting() {
        let keys = [
            key("gone", "v1", NOW - DAY, NOW + 50 * DAY),
            key("young", "v1", NOW - 3_599, NOW + 50 * DAY),
            key("dead", "v1", NOW - DAY, NOW),
        ];
        let chosen = |retirement| {
            let settings = Settings {
                retirement,
                ..Settings::default()
            };
            choose(&keys, &Positions::new(), NOW, &settings)
        };
        let both_deleted = [(0, Fate::Delete), (2, Fate::Delete)];
        assert_eq!(chosen(Retirement::Delete), both_deleted);
        assert_eq!(chosen(Retirement::Off), []);
        assert_eq!(chosen(Retirement::Expire)[1], both_deleted[1]);
    }

    #[test]
    fn a_grace_period_shortens_and_never_lengthens() {
        let end = next_hour(NOW + 25 * HOUR);
        assert_eq!(shortened(end, NOW, 25), None);
        assert_eq!(shortened(end + 1, NOW, 25), Some(Fate::ExpireAt(end)));
    }

    #[test]
    fn in_the_steady_state_no_value_is_read() {
        let keys = [
            key("k2", "v2", 0, NOW),
            foreign("f", NOW),
            key("k3", "v3", 0, NOW),
            key("k4", "v4", 0, NOW),
            key("k0", "v0", 0, NOW),
        ];
        let survey = survey(&keys, &labels());
        assert_eq!(
            survey,
            Survey {
                named: [0, 2, 3, 4].into(),
                unclear: vec![]
            }
        );
    }

    #[test]
    fn a_key_without_a_version_makes_unclear_versions_matter() {
        let keys = [key("k3", "v3", 0, NOW), key("stray", "v1", 0, NOW)];
        let survey = survey(&keys, &labels());
        assert_eq!(survey.named, [0].into());
        assert_eq!(survey.unclear, ["v0", "v2", "v4"]);
    }

    #[test]
    fn of_two_keys_for_one_version_the_value_decides() {
        let keys = [key("k-a", "v3", 0, NOW), key("k-b", "v3", 0, NOW)];
        let survey = survey(&keys, &labels());
        assert_eq!(survey.named, [].into());
        assert!(survey.unclear.contains(&"v3".to_owned()));
        assert_eq!(named_in(r#"{"APIKEY":"k-b"}"#, &keys), [1].into());
        assert_eq!(made_for("v3", &keys), [0, 1].into());
    }

    proptest! {
        #[test]
        fn nothing_protected_is_ever_chosen(
            facts in prop::collection::vec(
                (any::<bool>(), -9_000_i64..9_000, -100 * DAY..100 * DAY, any::<bool>()), 0..12),
        ) {
            let keys: Vec<ListedKey> = facts.iter().map(|(ours, age, left, _)| match ours {
                true => key("k", "v1", NOW - age, NOW + left),
                false => foreign("k", NOW + left),
            }).collect();
            let named: Vec<usize> =
                (0..facts.len()).filter(|position| facts[*position].3).collect();
            for (position, fate) in chosen(&keys, &named) {
                let (ours, age, left, is_named) = facts[position];
                prop_assert!(ours && !is_named && age >= 3_600);
                match fate {
                    Fate::Delete => prop_assert!(left <= 0),
                    Fate::ExpireAt(time) => prop_assert!(time >= NOW + 25 * HOUR && left > 0),
                }
            }
        }
    }

    #[test]
    fn a_key_is_old_from_the_age_on_that_is_set() {
        let keys = [key("old", "v1", NOW - 3_600, NOW + 50 * DAY)];
        assert_eq!(chosen(&keys, &[]).len(), 1);
    }
}
