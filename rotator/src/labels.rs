//! Which versions of the secret carry which staging labels.

use std::collections::{BTreeMap, BTreeSet};

pub(crate) const CURRENT: &str = "AWSCURRENT";
pub(crate) const PENDING: &str = "AWSPENDING";
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";

/// The labelled versions, in the order of their ids: a label is on at most one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels(BTreeMap<String, BTreeSet<String>>);

impl Labels {
    /// Takes over the version map of DescribeSecret, whose own order is random in every process.
    pub(crate) fn new<V>(versions: impl IntoIterator<Item = (String, V)>) -> Self
    where
        V: IntoIterator<Item = String>,
    {
        let sets = versions
            .into_iter()
            .map(|(id, labels)| (id, labels.into_iter().collect()));
        Self(
            sets.filter(|(_, labels): &(_, BTreeSet<_>)| !labels.is_empty())
                .collect(),
        )
    }

    /// Whether `version` carries any label.
    pub(crate) fn knows(&self, version: &str) -> bool {
        self.0.contains_key(version)
    }

    /// Whether `version` carries `label`.
    pub(crate) fn has(&self, version: &str, label: &str) -> bool {
        self.0
            .get(version)
            .is_some_and(|labels| labels.contains(label))
    }

    /// The version that carries `label`.
    pub(crate) fn holder(&self, label: &str) -> Option<&str> {
        let mut holders = self.0.iter().filter(|(_, labels)| labels.contains(label));
        holders.next().map(|(version, _)| version.as_str())
    }

    /// The version that waits to become current: one that carries AWSPENDING and not AWSCURRENT.
    pub(crate) fn waiting(&self) -> Option<&str> {
        self.holder(PENDING)
            .filter(|version| !self.has(version, CURRENT))
    }

    /// All labelled versions.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The labels after AWSCURRENT has moved to `version`: AWSPREVIOUS follows by itself
    /// (API model of UpdateSecretVersionStage; recorded).
    pub(crate) fn after_promotion(&self, version: &str) -> Self {
        let former = self.holder(CURRENT).map(str::to_owned);
        let mut moved = self.0.clone();
        for labels in moved.values_mut() {
            labels.remove(CURRENT);
            if former.is_some() {
                labels.remove(PREVIOUS);
            }
        }
        moved
            .entry(version.to_owned())
            .or_default()
            .insert(CURRENT.to_owned());
        if let Some(former) = former {
            moved.entry(former).or_default().insert(PREVIOUS.to_owned());
        }
        moved.retain(|_, labels| !labels.is_empty());
        Self(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &[&str])]) -> Labels {
        Labels::new(
            pairs
                .iter()
                .map(|(v, l)| (v.to_string(), l.iter().map(|s| s.to_string()))),
        )
    }

    #[test]
    fn promotion_moves_previous_along_and_drops_what_has_no_label() {
        let before = labels(&[
            ("v1", &[PREVIOUS]),
            ("v2", &[CURRENT, "LKG"]),
            ("v3", &[PENDING]),
            ("v4", &[]),
        ]);
        let after = before.after_promotion("v3");
        assert_eq!(
            after,
            labels(&[("v2", &[PREVIOUS, "LKG"]), ("v3", &[CURRENT, PENDING])])
        );
        assert!(!after.knows("v1") && !before.knows("v4"));
    }

    #[test]
    fn a_version_that_is_current_too_waits_for_nothing() {
        let (alone, both) = (labels(&[("v", &[PENDING])]), [PENDING, CURRENT]);
        assert_eq!(alone.waiting(), Some("v"));
        assert_eq!(labels(&[("v", &both)]).waiting(), None);
        assert_eq!(labels(&[("v", &[CURRENT])]).waiting(), None);
    }

    #[test]
    fn the_first_promotion_has_nobody_to_demote() {
        let after = labels(&[("v1", &[PENDING])]).after_promotion("v1");
        assert_eq!(after, labels(&[("v1", &[CURRENT, PENDING])]));
        assert_eq!(after.holder(PREVIOUS), None);
    }
}
