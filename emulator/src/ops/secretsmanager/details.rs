//! What DescribeSecret and ListSecrets tell of a secret.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ids::{FunctionArn, SecretArn, StagingLabel, VersionId};
use crate::state::secrets::secret::Secret;
use crate::state::secrets::{DeletedDate, SecretsSettings};
use crate::time::Timestamp;
use crate::wire::epoch::EpochSeconds;

use super::rotation_rules::RulesShape;
use super::shape::{self, Tag};

type LabelsOfVersions = BTreeMap<VersionId, Vec<StagingLabel>>;

/// The members in the order of the wire; what has no value is absent [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Details {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    created_date: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_date: Option<EpochSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<EpochSeconds>,
    last_changed_date: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_rotated_date: Option<EpochSeconds>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<EpochSeconds>,
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
    version_ids_to_stages: Option<LabelsOfVersions>,
}

impl Details {
    /// As DescribeSecret tells it: the labels are in `VersionIdsToStages`.
    pub(super) fn described(secret: &Secret, settings: SecretsSettings) -> Self {
        Self::new(secret, settings, None, labels(secret))
    }

    /// As ListSecrets tells it: the labels are in `SecretVersionsToStages` [M].
    pub(super) fn listed(secret: &Secret, settings: SecretsSettings) -> Self {
        Self::new(secret, settings, labels(secret), None)
    }

    fn new(
        secret: &Secret,
        settings: SecretsSettings,
        secret_versions_to_stages: Option<LabelsOfVersions>,
        version_ids_to_stages: Option<LabelsOfVersions>,
    ) -> Self {
        let rotation = secret.rotation();
        Self {
            arn: secret.arn.clone(),
            created_date: EpochSeconds(secret.created),
            deleted_date: deleted_date(secret, settings).map(EpochSeconds),
            description: secret.description.clone(),
            kms_key_id: secret.kms_key_id.clone(),
            last_accessed_date: secret.last_accessed_day.map(EpochSeconds),
            last_changed_date: EpochSeconds(secret.last_changed),
            last_rotated_date: rotation.and_then(|it| it.last_rotated()).map(EpochSeconds),
            name: secret.name.clone(),
            next_rotation_date: rotation.and_then(|it| it.next_rotation()).map(EpochSeconds),
            rotation_enabled: rotation.map(|it| it.is_enabled()),
            rotation_function: rotation.map(|it| it.function().clone()),
            rotation_rules: rotation.and_then(RulesShape::of),
            secret_versions_to_stages,
            tags: shape::tags(secret),
            version_ids_to_stages,
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
