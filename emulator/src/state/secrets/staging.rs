//! Staging labels as a map from label to version.
//!
//! A label is on at most one version, so the map cannot say otherwise: two versions with
//! AWSCURRENT cannot be written down. Moving AWSCURRENT is one function, [`Labels::set_current`].

use std::collections::BTreeSet;

use crate::defect::Defect;
use crate::ids::{StagingLabel, VersionId};

use super::error::SecretsError;

/// A secret has at most this many labels over all its versions [D].
pub const MAX_LABELS: usize = 20;

/// Which version carries which label: a map, as a list in order of the labels, since there are few
/// and a hundred thousand secrets have one each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<(StagingLabel, VersionId)>);

impl Labels {
    /// Every label with its version, in order of the labels.
    pub fn iter(&self) -> impl Iterator<Item = (&StagingLabel, &VersionId)> {
        self.0.iter().map(|(label, version)| (label, version))
    }

    /// The version that carries the label.
    pub fn holder(&self, label: &StagingLabel) -> Option<&VersionId> {
        self.holder_named(label.as_str())
    }

    fn holder_named(&self, label: &str) -> Option<&VersionId> {
        let at = self.place(label).ok()?;
        Some(&self.0[at].1)
    }

    /// Where the label stands, or where it would.
    fn place(&self, label: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(label))
    }

    /// The version that clients read by default.
    pub fn current(&self) -> Option<&VersionId> {
        self.holder_named(StagingLabel::CURRENT)
    }

    /// The version that a rotation is making.
    pub fn pending(&self) -> Option<&VersionId> {
        self.holder_named(StagingLabel::PENDING)
    }

    /// The labels of a version, in alphabetical order.
    pub fn of<'a>(&'a self, version: &'a VersionId) -> impl Iterator<Item = &'a StagingLabel> {
        self.0
            .iter()
            .filter(move |(_, holder)| holder == version)
            .map(|(label, _)| label)
    }

    /// Whether the version carries any label; one without is called deprecated [D].
    pub fn is_labelled(&self, version: &VersionId) -> bool {
        self.of(version).next().is_some()
    }

    /// Whether a rotation is unfinished: AWSPENDING is on a version that is not AWSCURRENT's [D].
    ///
    /// The rule looks at the labels only, so an AWSPENDING set by hand counts as well.
    pub fn has_unfinished_rotation(&self) -> bool {
        self.pending().is_some() && self.pending() != self.current()
    }

    /// The labels after a value was put under `version` with `labels` [R].
    ///
    /// Labels held elsewhere move without complaint. A new AWSCURRENT takes AWSPENDING away from
    /// whoever has it, unless the put names AWSPENDING itself.
    pub fn after_put(
        &self,
        version: &VersionId,
        labels: &BTreeSet<StagingLabel>,
    ) -> Result<Self, SecretsError> {
        let mut after = self.clone();
        for label in labels {
            if *label != StagingLabel::current() {
                after.give(label.clone(), version.clone());
            }
        }
        if labels.contains(&StagingLabel::current()) {
            after.set_current(version);
            if !labels.contains(&StagingLabel::pending()) {
                after.take(&StagingLabel::pending());
            }
        }
        after.within_limit()
    }

    /// The labels after `label` was given to `version` [R].
    ///
    /// Moving AWSCURRENT moves AWSPREVIOUS too; AWSPENDING and custom labels stay where they are.
    pub fn after_move(
        &self,
        label: &StagingLabel,
        version: &VersionId,
    ) -> Result<Self, SecretsError> {
        let mut after = self.clone();
        if *label == StagingLabel::current() {
            after.set_current(version);
        } else {
            after.give(label.clone(), version.clone());
        }
        after.within_limit()
    }

    /// Gives AWSCURRENT to `version` and AWSPREVIOUS to the version that had it [R].
    fn set_current(&mut self, version: &VersionId) {
        if self.current() == Some(version) {
            return;
        }
        let old = self.current().cloned();
        self.give(StagingLabel::current(), version.clone());
        if let Some(old) = old.filter(|_| !Defect::PreviousStays.is_on()) {
            self.give(StagingLabel::previous(), old);
        }
    }

    /// Gives a label to a version, taking it from whoever has it.
    pub fn give(&mut self, label: StagingLabel, version: VersionId) {
        match self.place(label.as_str()) {
            Ok(at) => self.0[at].1 = version,
            Err(at) => {
                // Most secrets have one label or two, and there may be many secrets.
                self.0.reserve_exact(1);
                self.0.insert(at, (label, version));
            }
        }
    }

    /// Takes a label off the secret.
    pub fn take(&mut self, label: &StagingLabel) {
        if let Ok(at) = self.place(label.as_str()) {
            self.0.remove(at);
        }
    }

    fn within_limit(self) -> Result<Self, SecretsError> {
        if self.0.len() > MAX_LABELS {
            return Err(SecretsError::TooManyLabels);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(name: &str) -> VersionId {
        VersionId::new(name)
    }

    /// Labels written as `v1=AWSPREVIOUS,ONE v2=AWSCURRENT`.
    fn labels(text: &str) -> Labels {
        let mut labels = Labels::default();
        for word in text.split_whitespace() {
            let (version, names) = word.split_once('=').unwrap();
            for name in names.split(',') {
                labels.give(StagingLabel::new(name), v(version));
            }
        }
        labels
    }

    fn set(names: &str) -> BTreeSet<StagingLabel> {
        names.split(',').map(StagingLabel::new).collect()
    }

    /// Every row: before, the version put, its labels, after.
    #[test]
    fn puts_move_labels_as_recorded() {
        for (before, version, named, after) in [
            ("", "v1", "AWSCURRENT", "v1=AWSCURRENT"),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT",
                "v3",
                "AWSCURRENT",
                "v2=AWSPREVIOUS v3=AWSCURRENT",
            ),
            (
                "v1=AWSCURRENT,ONE",
                "v2",
                "AWSCURRENT",
                "v1=AWSPREVIOUS,ONE v2=AWSCURRENT",
            ),
            (
                "v1=AWSCURRENT,ONE,TWO",
                "v2",
                "ONE",
                "v1=AWSCURRENT,TWO v2=ONE",
            ),
            (
                "v1=AWSCURRENT",
                "v2",
                "AWSCURRENT,PUT0",
                "v1=AWSPREVIOUS v2=AWSCURRENT,PUT0",
            ),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING",
                "v3",
                "AWSPENDING",
                "v1=AWSPREVIOUS v2=AWSCURRENT v3=AWSPENDING",
            ),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING",
                "v3",
                "AWSCURRENT",
                "v2=AWSPREVIOUS v3=AWSCURRENT",
            ),
            (
                "v1=AWSCURRENT v2=AWSPENDING",
                "v3",
                "AWSCURRENT",
                "v1=AWSPREVIOUS v3=AWSCURRENT",
            ),
            (
                "v1=AWSCURRENT v2=AWSPENDING",
                "v3",
                "AWSCURRENT,AWSPENDING",
                "v1=AWSPREVIOUS v3=AWSCURRENT,AWSPENDING",
            ),
        ] {
            let got = labels(before).after_put(&v(version), &set(named));
            assert_eq!(got.unwrap(), labels(after), "{before} + {version}={named}");
        }
    }

    /// Every row: before, the label, the version it moves to, after.
    #[test]
    fn moves_move_labels_as_recorded() {
        for (before, label, version, after) in [
            (
                "v1=AWSCURRENT,PUT1 v2=AWSPENDING,TWO",
                "AWSCURRENT",
                "v2",
                "v1=AWSPREVIOUS,PUT1 v2=AWSCURRENT,AWSPENDING,TWO",
            ),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT",
                "AWSCURRENT",
                "v1",
                "v2=AWSPREVIOUS v1=AWSCURRENT",
            ),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT,ONE",
                "ONE",
                "v1",
                "v1=AWSPREVIOUS,ONE v2=AWSCURRENT",
            ),
            ("v1=ONE", "AWSCURRENT", "v1", "v1=ONE,AWSCURRENT"),
            (
                "v1=AWSPREVIOUS v2=AWSCURRENT",
                "AWSCURRENT",
                "v2",
                "v1=AWSPREVIOUS v2=AWSCURRENT",
            ),
        ] {
            let got = labels(before).after_move(&StagingLabel::new(label), &v(version));
            assert_eq!(
                got.unwrap(),
                labels(after),
                "{before}: {label} to {version}"
            );
        }
    }

    #[test]
    fn a_rotation_is_unfinished_only_if_pending_and_current_differ() {
        assert!(!labels("v1=AWSCURRENT").has_unfinished_rotation());
        assert!(!labels("v1=AWSCURRENT,AWSPENDING").has_unfinished_rotation());
        assert!(labels("v1=AWSCURRENT v2=AWSPENDING").has_unfinished_rotation());
        assert!(labels("v2=AWSPENDING").has_unfinished_rotation());
    }

    #[test]
    fn the_twenty_first_label_is_refused_wherever_it_sits() {
        let mut full = labels("v1=AWSCURRENT");
        for number in 1..MAX_LABELS {
            full.give(StagingLabel::new(format!("L{number}")), v("v2"));
        }
        let extra = StagingLabel::new("EXTRA");
        assert_eq!(
            full.after_move(&extra, &v("v1")),
            Err(SecretsError::TooManyLabels)
        );
        assert_eq!(
            full.after_put(&v("v3"), &set("EXTRA")),
            Err(SecretsError::TooManyLabels)
        );
        // Moving one of the twenty stays possible.
        assert!(full.after_move(&StagingLabel::new("L1"), &v("v1")).is_ok());
    }
}
