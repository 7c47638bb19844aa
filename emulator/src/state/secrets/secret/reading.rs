//! Reading a secret: which version, what readers see while a change has not reached them, and the
//! note of the day.

use crate::ids::{StagingLabel, VersionId};
use crate::time::Timestamp;

use super::super::error::SecretsError;
use super::super::version::{SecretValue, Version};
use super::Secret;

/// Which version a reader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector<'a> {
    /// The version's id.
    pub version: Option<&'a VersionId>,
    /// A label that it must carry.
    pub label: Option<&'a StagingLabel>,
}

impl Selector<'_> {
    /// The version with AWSCURRENT.
    pub const CURRENT: Self = Self {
        version: None,
        label: None,
    };
}

/// What a reader gets.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The secret.
    pub secret: &'a Secret,
    /// The version's id.
    pub id: VersionId,
    /// The version.
    pub version: &'a Version,
    /// Its value.
    pub value: &'a SecretValue,
}

/// What readers still see after a change.
#[derive(Clone, Debug)]
pub(super) struct Stale {
    until: Timestamp,
    /// The secret as it was; none if it was not there.
    before: Option<Secret>,
}

impl Secret {
    /// The id of the version that the selector names, if it has a value.
    ///
    /// Without a selector it is the version with AWSCURRENT. A placeholder counts as absent [R];
    /// which of the two texts a secret gives then follows the selector [?].
    pub fn find(&self, selector: Selector<'_>) -> Result<VersionId, SecretsError> {
        match (selector.version, selector.label) {
            (Some(id), label) => {
                if !self.has_value(id) {
                    return Err(SecretsError::NoValueForVersion(id.clone()));
                }
                if label.is_some_and(|label| self.labels.holder(label) != Some(id)) {
                    return Err(SecretsError::LabelNotOnVersion);
                }
                Ok(id.clone())
            }
            (None, label) => {
                let holder = match label {
                    Some(label) => self.labels.holder(label),
                    None => self.labels.current(),
                };
                let missing = || {
                    SecretsError::NoValueForLabel(
                        label.cloned().unwrap_or_else(StagingLabel::current),
                    )
                };
                let holder = holder.filter(|id| self.has_value(id));
                holder.cloned().ok_or_else(missing)
            }
        }
    }

    /// Reads a version of what readers see now; the read is noted by the day [R][U].
    pub fn read(
        &mut self,
        selector: Selector<'_>,
        now: Timestamp,
    ) -> Result<Reading<'_>, SecretsError> {
        let seen = self.seen(now)?;
        seen.check_live()?;
        let id = seen.find(selector)?;
        self.note_read(&id, now);
        let secret = self.seen(now)?;
        let version = secret.versions.get(&id);
        match version.and_then(|version| Some((version, version.value.as_ref()?))) {
            Some((version, value)) => Ok(Reading {
                secret,
                id,
                version,
                value,
            }),
            None => Err(SecretsError::NoValueForVersion(id)),
        }
    }

    /// What readers see: the secret itself, or for a while after a change what it was before [D].
    pub fn seen(&self, now: Timestamp) -> Result<&Self, SecretsError> {
        match &self.stale {
            Some(stale) if now < stale.until => stale.before.as_ref().ok_or(SecretsError::NotFound),
            _ => Ok(self),
        }
    }

    /// Keeps what readers see until `span_ms` after this change. A change that follows before then
    /// neither shortens nor lengthens that time.
    pub(in crate::state) fn hide_change(&mut self, span_ms: i64, now: Timestamp) {
        if span_ms > 0 && self.stale.as_ref().is_none_or(|stale| stale.until <= now) {
            self.stale = None;
            let before = Some(self.clone());
            let until = now.plus_millis(span_ms);
            self.stale = Some(Box::new(Stale { until, before }));
        }
    }

    /// As [`Self::hide_change`], for a secret that was not there before.
    pub(in crate::state) fn hide_creation(&mut self, span_ms: i64, now: Timestamp) {
        if span_ms > 0 {
            let until = now.plus_millis(span_ms);
            let before = None;
            self.stale = Some(Box::new(Stale { until, before }));
        }
    }

    pub(super) fn note_read(&mut self, id: &VersionId, now: Timestamp) {
        self.last_accessed_day = Some(now.floor_day());
        if let Some(version) = self.versions.get_mut(id) {
            version.last_accessed_day = Some(now.floor_day());
        }
    }
}
