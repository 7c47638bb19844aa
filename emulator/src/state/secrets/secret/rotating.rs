//! A secret's part in its rotation: the gate, the pending version, the end.

use crate::defect::Defect;
use crate::ids::{FunctionArn, StagingLabel, VersionId};
use crate::time::Timestamp;

use super::super::error::SecretsError;
use super::super::rotation::{Rotation, RotationKind, RotationOrigin, RotationStart};
use super::super::schedule::RotationRules;
use super::super::version::Version;
use super::Secret;

impl Secret {
    /// The function that a rotation would run: the named one or else the stored one [R].
    pub fn rotation_function(
        &self,
        named: Option<FunctionArn>,
    ) -> Result<FunctionArn, SecretsError> {
        let stored = || {
            self.rotation
                .as_ref()
                .map(|rotation| rotation.function().clone())
        };
        named
            .or_else(stored)
            .ok_or(SecretsError::NoRotationFunction)
    }

    /// The gate of RotateSecret: no rotation may be unfinished [D][U].
    pub fn check_no_unfinished_rotation(&self) -> Result<(), SecretsError> {
        if self.labels.has_unfinished_rotation() && !Defect::RotationsOverlap.is_on() {
            return Err(SecretsError::PreviousRotationUnfinished);
        }
        Ok(())
    }

    /// Begins a rotation: stores function and rules and makes the pending version [R].
    ///
    /// A full rotation gets a placeholder without a value, a test run a copy of the current value.
    pub fn begin_rotation(
        &mut self,
        start: RotationStart,
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        self.check_no_unfinished_rotation()?;
        if self.versions.contains_key(&start.token) {
            let (token, secret) = (start.token, self.arn.clone());
            return Err(SecretsError::TokenInUse { token, secret });
        }
        let after = self
            .labels
            .after_move(&StagingLabel::pending(), &start.token)?;
        let outdated = self.outdated_versions(&start.token, &after, now)?;

        self.remove_versions(&outdated);
        let mut version = Version::placeholder(start.rotation_token, self.kms_key_id.clone(), now);
        if start.kind == RotationKind::TestOnly || Defect::BornWithValue.is_on() {
            version.value = self.current_value().cloned();
        }
        self.versions.insert(start.token, version);
        self.set_labels(after);
        if start.origin == RotationOrigin::Call {
            self.enable_rotation(start.function, start.rules, now);
        }
        self.touch(now);
        Ok(())
    }

    /// Ends a rotation if AWSCURRENT is on its version: notes the dates and takes AWSPENDING off
    /// [R][D]. Answers whether it was a success.
    pub(in crate::state) fn complete_rotation(
        &mut self,
        token: &VersionId,
        now: Timestamp,
    ) -> bool {
        if self.labels.current() != Some(token) {
            return false;
        }
        if !Defect::PendingStays.is_on() {
            self.drop_pending(token);
        }
        if let Some(rotation) = &mut self.rotation {
            rotation.succeeded(now);
        }
        self.touch(now);
        true
    }

    /// Removes the temporary version of a test run, unless it got another label meanwhile [D].
    pub(in crate::state) fn end_test_run(&mut self, token: &VersionId, now: Timestamp) {
        self.drop_pending(token);
        if !self.labels.is_labelled(token) {
            self.versions.shift_remove(token);
        }
        self.touch(now);
    }

    /// Disables rotation. AWSPENDING stays and goes on blocking RotateSecret [D]. Answers the
    /// version of an unfinished rotation.
    pub fn cancel_rotation(&mut self, now: Timestamp) -> Result<Option<VersionId>, SecretsError> {
        let rotation = self
            .rotation
            .as_mut()
            .ok_or(SecretsError::RotationNotConfigured)?;
        rotation.disable();
        let partial = self
            .labels
            .pending()
            .filter(|_| self.labels.has_unfinished_rotation());
        let partial = partial.cloned();
        self.touch(now);
        Ok(partial)
    }

    /// Leaves the current window to its attempt and looks forward to the next one.
    pub(in crate::state) fn skip_to_next_window(&mut self, now: Timestamp) {
        if let Some(rotation) = &mut self.rotation {
            rotation.skip_to_next_window(now);
        }
    }

    fn enable_rotation(
        &mut self,
        function: FunctionArn,
        rules: Option<RotationRules>,
        now: Timestamp,
    ) {
        match &mut self.rotation {
            Some(rotation) => rotation.enable(function, rules, now),
            None => self.rotation = Some(Rotation::enabled(function, rules, now)),
        }
    }
}
