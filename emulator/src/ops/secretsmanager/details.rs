//! What DescribeSecret and ListSecrets tell of a secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::ids::{FunctionArn, Region, SecretArn, StagingLabel, VersionId};
use crate::state::secrets::secret::Secret;
use crate::state::secrets::{DeletedDate, SecretsSettings};
use crate::time::Timestamp;
use crate::wire::epoch::EpochSeconds;

use super::replication::{CrossAccountPrimaryShape, CrossAccountReplicaShape, StatusShape};
use super::rotation_rules::RulesShape;
use super::shape::{self, MetadataItem, Tag};

type LabelsOfVersions = BTreeMap<VersionId, Vec<StagingLabel>>;

/// The members in the order of the wire; what has no value is absent [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Details {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    created_date: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_account_primary: Option<CrossAccountPrimaryShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_account_replicas: Option<[CrossAccountReplicaShape; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_date: Option<EpochSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_secret_rotation_metadata: Option<Vec<MetadataItem>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<EpochSeconds>,
    last_changed_date: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_rotated_date: Option<EpochSeconds>,
    name: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<EpochSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_status: Option<Vec<StatusShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_enabled: Option<bool>,
    #[serde(rename = "RotationLambdaARN", skip_serializing_if = "Option::is_none")]
    rotation_function: Option<FunctionArn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_rules: Option<RulesShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_versions_to_stages: Option<LabelsOfVersions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Tag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_ids_to_stages: Option<LabelsOfVersions>,
}

impl Details {
    /// As DescribeSecret tells it: the labels are in `VersionIdsToStages`.
    pub(super) fn described(secret: &Secret, settings: SecretsSettings) -> Self {
        let copies = secret.copies.as_deref();
        Self {
            cross_account_primary: copies.and_then(CrossAccountPrimaryShape::of),
            cross_account_replicas: copies.and_then(CrossAccountReplicaShape::of),
            replication_status: copies.and_then(StatusShape::all),
            version_ids_to_stages: labels(secret),
            ..Self::new(secret, settings)
        }
    }

    /// As ListSecrets tells it: the labels are in `SecretVersionsToStages`, and of copies it tells
    /// the primary's Region only [M].
    pub(super) fn listed(secret: &Secret, settings: SecretsSettings) -> Self {
        Self {
            secret_versions_to_stages: labels(secret),
            ..Self::new(secret, settings)
        }
    }

    fn new(secret: &Secret, settings: SecretsSettings) -> Self {
        let rotation = secret.rotation();
        let external = secret.external.as_deref();
        let metadata = external.map(|external| &external.metadata);
        let metadata = metadata.filter(|metadata| !metadata.is_empty());
        Self {
            arn: secret.arn.clone(),
            created_date: EpochSeconds(secret.created),
            cross_account_primary: None,
            cross_account_replicas: None,
            deleted_date: deleted_date(secret, settings).map(EpochSeconds),
            description: secret.description.clone(),
            external_secret_rotation_metadata: metadata
                .map(|metadata| metadata.iter().map(Into::into).collect()),
            kms_key_id: secret.kms_key_id.clone(),
            last_accessed_date: secret.last_accessed_day.map(EpochSeconds),
            last_changed_date: EpochSeconds(secret.last_changed),
            last_rotated_date: rotation.and_then(|it| it.last_rotated()).map(EpochSeconds),
            name: Arc::clone(&secret.name),
            next_rotation_date: rotation.and_then(|it| it.next_rotation()).map(EpochSeconds),
            primary_region: secret
                .copies
                .as_ref()
                .and_then(|it| it.primary_region.clone()),
            replication_status: None,
            rotation_enabled: rotation.map(|it| it.is_enabled()),
            rotation_function: rotation.map(|it| it.function().clone()),
            rotation_rules: rotation.and_then(RulesShape::of),
            secret_versions_to_stages: None,
            tags: shape::tags(secret),
            r#type: external.and_then(|external| external.partner.clone()),
            version_ids_to_stages: None,
        }
    }
}

/// The labelled versions, placeholders included [R][D]; none if nothing is labelled [R].
fn labels(secret: &Secret) -> Option<LabelsOfVersions> {
    let labelled = |(id, _): (&VersionId, _)| Some((id.clone(), shape::stages(secret, id)?));
    let labels: LabelsOfVersions = secret.versions().filter_map(labelled).collect();
    (!labels.is_empty()).then_some(labels)
}

fn deleted_date(secret: &Secret, settings: SecretsSettings) -> Option<Timestamp> {
    let deletion = secret.deletion()?;
    Some(match settings.deleted_date {
        DeletedDate::Scheduled => deletion.due,
        DeletedDate::Requested => deletion.requested,
    })
}
