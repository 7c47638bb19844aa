//! One secret: its versions, labels, tags, rotation and deletion, and every change to them.
//!
//! Each change checks everything first and then changes everything. Label moves are in
//! `labelling`, rotation is in `rotating`, reading is in `reading`.

mod copying;
mod labelling;
mod reading;
mod rotating;

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::defect::Defect;
use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::state::policy::PolicyText;
use crate::time::{DAY_MS, Timestamp};

use super::FirstValue;
use super::deletion::Deletion;
use super::error::SecretsError;
use super::replication::Copies;
use super::rotation::Rotation;
use super::staging::Labels;
use super::tags::Tags;
use super::version::{SecretValue, Version};

pub use reading::{Reading, Selector};

use reading::Stale;

/// Above this many versions the oldest unlabelled ones go, if they are old enough [D].
const MAX_VERSIONS: usize = 100;
/// No version younger than this is removed [D].
const MIN_AGE_TO_REMOVE_MS: i64 = DAY_MS;

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name, unique in its account and Region.
    pub name: Arc<str>,
    /// Its full ARN, which a secret created again under the same name does not share [R].
    pub arn: SecretArn,
    /// The description; an empty one counts as none [R].
    pub description: Option<String>,
    /// The KMS key; `None` is the account's default key [R].
    pub kms_key_id: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When anything about it last changed [R][D].
    pub last_changed: Timestamp,
    /// Midnight UTC of the day of the last read [R][U].
    pub last_accessed_day: Option<Timestamp>,
    /// The tags.
    pub tags: Tags,
    /// The resource policy.
    pub policy: Option<Arc<PolicyText>>,
    /// What only a secret that a partner holds has.
    pub external: Option<Box<External>>,
    /// Its copies, or whose copy it is.
    pub copies: Option<Box<Copies>>,
    /// How many secrets of its partition were created before it.
    pub(super) number: u64,
    changes: u32,
    stale: Option<Box<Stale>>,
    pub(super) deletion: Option<Deletion>,
    versions: IndexMap<VersionId, Version>,
    labels: Labels,
    rotation: Option<Rotation>,
}

/// What a put did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutEffect {
    /// The version was there already with this value; nothing changed [R].
    Unchanged,
    /// The value was stored.
    Stored {
        /// Whether AWSCURRENT moved to it, which abandons a rotation of another version [D].
        is_current: bool,
    },
}

/// What only a secret that a partner holds has [M].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct External {
    /// `Type`: the partner.
    pub partner: Option<String>,
    /// `ExternalSecretRotationMetadata`: keys and values.
    pub metadata: Vec<(String, String)>,
}

impl Secret {
    /// A secret without any version.
    pub fn new(name: impl Into<Arc<str>>, arn: SecretArn, now: Timestamp) -> Self {
        Self {
            name: name.into(),
            arn,
            description: None,
            kms_key_id: None,
            created: now,
            last_changed: now,
            last_accessed_day: None,
            tags: Tags::default(),
            policy: None,
            external: None,
            copies: None,
            number: 0,
            changes: 0,
            stale: None,
            deletion: None,
            // Most secrets have one version, and there may be many secrets.
            versions: IndexMap::with_capacity(1),
            labels: Labels::default(),
            rotation: None,
        }
    }

    /// The version with this id.
    pub fn version(&self, id: &VersionId) -> Option<&Version> {
        self.versions.get(id)
    }

    /// Is this its full ARN, if one is given?
    pub(super) fn has_arn(&self, arn: Option<&str>) -> bool {
        arn.is_none_or(|arn| self.arn.as_str() == arn)
    }

    /// All versions in the order in which they were made.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = (&VersionId, &Version)> {
        self.versions.iter()
    }

    /// Which version carries which label.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The rotation configuration, there since the first accepted RotateSecret [R].
    pub fn rotation(&self) -> Option<&Rotation> {
        self.rotation.as_ref()
    }

    /// When it will be gone, if it is scheduled for deletion.
    pub fn deletion(&self) -> Option<Deletion> {
        self.deletion
    }

    /// When the service rotates it by itself: never while it is to be deleted [D], and a replica
    /// only with its primary [D].
    pub(super) fn rotation_due(&self) -> Option<Timestamp> {
        let is_rotated = self.deletion.is_none() && !self.is_replica();
        self.rotation.as_ref().filter(|_| is_rotated)?.due()
    }

    /// Is it a copy that only its primary changes?
    pub fn is_replica(&self) -> bool {
        self.copies
            .as_ref()
            .is_some_and(|copies| copies.is_replica())
    }

    /// Refuses to delete a replica, which only its primary can, and a primary that has some [D].
    pub(super) fn check_deletable(&self) -> Result<(), SecretsError> {
        if self.is_replica() {
            return Err(SecretsError::ReplicaIsReadOnly);
        }
        let regions = self.copies.iter().flat_map(|copies| copies.regions());
        let regions: Vec<_> = regions.map(|region| region.as_str()).collect();
        if regions.is_empty() {
            return Ok(());
        }
        let (secret, regions) = (self.arn.clone(), regions.join(", "));
        Err(SecretsError::HasReplicas { secret, regions })
    }

    /// How often it was changed, to see whether its copies are behind.
    pub(in crate::state) fn changes(&self) -> u32 {
        self.changes
    }

    /// What a partner's secret has, to be filled in.
    pub fn external_mut(&mut self) -> &mut External {
        self.external.get_or_insert_default()
    }

    /// Refuses if the secret is scheduled for deletion [R][U] or was deleted a moment ago [U].
    pub fn check_live(&self) -> Result<(), SecretsError> {
        match self.deletion {
            None => Ok(()),
            Some(deletion) if deletion.is_forced => Err(SecretsError::Deleted),
            Some(_) => Err(SecretsError::ScheduledForDeletion),
        }
    }

    /// Changes the description, if one is given; an empty one clears it [?]. AWS notes a change
    /// even if nothing is given [R].
    pub fn describe(&mut self, description: Option<String>, now: Timestamp) {
        if let Some(text) = description {
            self.description = Some(text).filter(|text| !text.is_empty());
        }
        self.touch(now);
    }

    /// Notes a change; AWS does so even for an update that changes nothing [R].
    pub fn touch(&mut self, now: Timestamp) {
        self.last_changed = now;
        self.changes = self.changes.wrapping_add(1);
    }

    /// Stores a value under a token [R].
    ///
    /// Without labels the version becomes AWSCURRENT; so does the first version of a secret,
    /// whatever its labels [R][D]. A known token with the same value changes nothing, one with
    /// another value is refused, and a placeholder is filled.
    pub fn put(
        &mut self,
        token: &VersionId,
        value: SecretValue,
        labels: Option<BTreeSet<StagingLabel>>,
        now: Timestamp,
    ) -> Result<PutEffect, SecretsError> {
        if let Some(stored) = self
            .versions
            .get(token)
            .and_then(|version| version.value.as_ref())
            .filter(|_| !Defect::PutOverwrites.is_on())
        {
            return if *stored == value {
                Ok(PutEffect::Unchanged)
            } else {
                let (token, secret) = (token.clone(), self.arn.clone());
                Err(SecretsError::TokenInUse { token, secret })
            };
        }
        let mut named = labels.unwrap_or_else(|| BTreeSet::from([StagingLabel::current()]));
        if self.versions.is_empty() {
            named.insert(StagingLabel::current());
        }
        let after = self.labels.after_put(token, &named)?;
        let outdated = self.outdated_versions(token, &after, now)?;

        let is_current = named.contains(&StagingLabel::current());
        self.remove_versions(&outdated);
        self.store(token, value, now);
        self.set_labels(after);
        self.touch(now);
        if is_current && let Some(rotation) = &mut self.rotation {
            rotation.reschedule(now);
        }
        Ok(PutEffect::Stored { is_current })
    }

    /// The labels of a put that names `labels`, if the first value becomes current under a
    /// placeholder too.
    pub fn labels_of_first_value(
        &self,
        token: &VersionId,
        labels: Option<BTreeSet<StagingLabel>>,
        first: FirstValue,
    ) -> Option<BTreeSet<StagingLabel>> {
        let is_placeholder = self.versions.contains_key(token) && !self.has_value(token);
        let is_first = is_placeholder && self.labels.current().is_none();
        let mut labels = labels?;
        if first == FirstValue::Current && is_first {
            labels.insert(StagingLabel::current());
        }
        Some(labels)
    }

    /// Moves the value of the versions in use to another KMS key [D].
    pub fn set_kms_key(&mut self, key: Option<String>) {
        let labels = [
            StagingLabel::current(),
            StagingLabel::pending(),
            StagingLabel::previous(),
        ];
        for label in &labels {
            let holder = self.labels.holder(label);
            if let Some(version) = holder.and_then(|id| self.versions.get_mut(id)) {
                version.kms_key_id.clone_from(&key);
            }
        }
        self.kms_key_id = key;
    }

    /// The value of the version with AWSCURRENT.
    pub fn current_value(&self) -> Option<&SecretValue> {
        self.versions.get(self.labels.current()?)?.value.as_ref()
    }

    /// Whether a rotation under this token has come to its end [?].
    pub fn has_rotated_under(&self, token: &VersionId) -> bool {
        let is_rotated = |version: &Version| version.rotation_token.is_some();
        self.versions.get(token).is_some_and(is_rotated) && !self.labels.has_unfinished_rotation()
    }

    /// Whether a rotation of this secret was given this token [M].
    pub fn knows_rotation_token(&self, token: &str) -> bool {
        let tokens = self
            .versions
            .values()
            .filter_map(|version| version.rotation_token.as_ref());
        tokens.into_iter().any(|known| known.expose() == token)
    }

    fn has_value(&self, id: &VersionId) -> bool {
        self.versions
            .get(id)
            .is_some_and(|version| version.value.is_some())
    }

    fn store(&mut self, token: &VersionId, value: SecretValue, now: Timestamp) {
        let fresh = Version::with_value(value, self.kms_key_id.clone(), now);
        let rotation_token = self
            .versions
            .get(token)
            .and_then(|version| version.rotation_token.clone());
        self.versions.insert(
            token.clone(),
            Version {
                rotation_token,
                ..fresh
            },
        );
    }

    /// The versions to remove so that one more fits [D].
    fn outdated_versions(
        &self,
        added: &VersionId,
        after: &Labels,
        now: Timestamp,
    ) -> Result<Vec<VersionId>, SecretsError> {
        let is_new = !self.versions.contains_key(added);
        let excess = (self.versions.len() + usize::from(is_new)).saturating_sub(MAX_VERSIONS);
        let is_removable = |id: &VersionId, version: &Version| {
            !after.is_labelled(id) && now.millis_since(version.created) >= MIN_AGE_TO_REMOVE_MS
        };
        let removable = self
            .versions
            .iter()
            .filter(|(id, version)| is_removable(id, version));
        let outdated: Vec<_> = removable.map(|(id, _)| id.clone()).take(excess).collect();
        if outdated.len() < excess {
            return Err(SecretsError::TooManyVersions);
        }
        Ok(outdated)
    }

    fn remove_versions(&mut self, ids: &[VersionId]) {
        for id in ids {
            self.versions.shift_remove(id);
        }
    }
}
