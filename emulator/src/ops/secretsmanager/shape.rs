//! The shapes that several answers share. Members stand in alphabetical order, as AWS prints
//! them [U]; what has no value is absent [R].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::state::secrets::secret::Secret;

/// `{ARN, Name}`: which secret an operation was carried out on.
#[derive(Debug, Serialize)]
pub(super) struct Identity {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    #[serde(rename = "Name")]
    name: Arc<str>,
}

impl From<&Secret> for Identity {
    fn from(secret: &Secret) -> Self {
        Self {
            arn: secret.arn.clone(),
            name: Arc::clone(&secret.name),
        }
    }
}

/// `{ARN, Name, VersionId}`, the last only if a version was made [R].
#[derive(Debug, Serialize)]
pub(super) struct VersionIdentity {
    #[serde(flatten)]
    secret: Identity,
    #[serde(rename = "VersionId", skip_serializing_if = "Option::is_none")]
    version: Option<VersionId>,
}

impl VersionIdentity {
    pub(super) fn new(secret: &Secret, version: Option<VersionId>) -> Self {
        Self {
            secret: secret.into(),
            version,
        }
    }
}

/// A tag.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

impl From<Tag> for (String, String) {
    fn from(tag: Tag) -> Self {
        (tag.key, tag.value)
    }
}

/// An item of `ExternalSecretRotationMetadata` [M].
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MetadataItem {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

impl From<MetadataItem> for (String, String) {
    fn from(item: MetadataItem) -> Self {
        (item.key, item.value)
    }
}

impl From<&(String, String)> for MetadataItem {
    fn from((key, value): &(String, String)) -> Self {
        let (key, value) = (key.clone(), value.clone());
        Self { key, value }
    }
}

/// The tags of a secret; none if it never had any, empty if they were all removed [R].
pub(super) fn tags(secret: &Secret) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: value.clone(),
    };
    Some(secret.tags.get()?.iter().map(tag).collect())
}

/// The labels of a version; none if it has none [R].
pub(super) fn stages(secret: &Secret, version: &VersionId) -> Option<Vec<StagingLabel>> {
    let stages: Vec<_> = secret.labels().of(version).cloned().collect();
    (!stages.is_empty()).then_some(stages)
}
