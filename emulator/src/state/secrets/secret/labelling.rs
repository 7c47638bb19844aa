//! Moving staging labels by hand, and what becomes of versions that lose theirs.

use crate::defect::Defect;
use crate::ids::{StagingLabel, VersionId};
use crate::time::Timestamp;

use super::super::error::SecretsError;
use super::super::staging::Labels;
use super::Secret;

impl Secret {
    /// Moves, adds or removes a label [R][D].
    pub fn update_stage(
        &mut self,
        label: &StagingLabel,
        remove_from: Option<&VersionId>,
        move_to: Option<&VersionId>,
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        for id in [remove_from, move_to].into_iter().flatten() {
            if !self.versions.contains_key(id) {
                return Err(SecretsError::NoValueForVersion(id.clone()));
            }
        }
        let after = match move_to {
            Some(target) => self.labels_after_move(label, remove_from, target)?,
            None => self.labels_after_removal(label, remove_from)?,
        };
        self.set_labels(after);
        self.touch(now);
        Ok(())
    }

    /// Takes AWSPENDING off the version if it carries it.
    pub fn drop_pending(&mut self, token: &VersionId) {
        if self.labels.pending() == Some(token) {
            let mut after = self.labels.clone();
            after.take(&StagingLabel::pending());
            self.set_labels(after);
        }
    }

    /// The only place that changes labels: a placeholder that loses its last one is gone.
    pub(super) fn set_labels(&mut self, labels: Labels) {
        self.versions
            .retain(|id, version| version.value.is_some() || labels.is_labelled(id));
        self.labels = labels;
    }

    fn labels_after_move(
        &self,
        label: &StagingLabel,
        remove_from: Option<&VersionId>,
        target: &VersionId,
    ) -> Result<Labels, SecretsError> {
        let holder = self.labels.holder(label);
        if holder == Some(target) {
            return Ok(self.labels.clone());
        }
        if *label == StagingLabel::current() && !self.has_value(target) {
            return Err(SecretsError::TargetWithoutValue(target.clone()));
        }
        match (holder, remove_from) {
            (Some(holder), None) if !Defect::MoveUnchecked.is_on() => {
                Err(SecretsError::LabelHeld {
                    label: label.clone(),
                    holder: holder.clone(),
                })
            }
            (holder, Some(source)) if holder != Some(source) => {
                Err(SecretsError::WrongSource(label.clone()))
            }
            _ => self.labels.after_move(label, target),
        }
    }

    fn labels_after_removal(
        &self,
        label: &StagingLabel,
        remove_from: Option<&VersionId>,
    ) -> Result<Labels, SecretsError> {
        let source = remove_from.ok_or(SecretsError::NothingToMove)?;
        if *label == StagingLabel::current() {
            return Err(SecretsError::CurrentRemoved);
        }
        if self.labels.holder(label) != Some(source) {
            return Err(SecretsError::WrongSource(label.clone()));
        }
        let mut after = self.labels.clone();
        after.take(label);
        Ok(after)
    }
}
