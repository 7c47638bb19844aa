//! A value that was read, as GetSecretValue and BatchGetSecretValue show it.

use std::sync::Arc;

use serde::Serialize;

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::state::secrets::secret::Reading;
use crate::state::secrets::version::SecretValue;
use crate::wire::blob::Blob;
use crate::wire::epoch::EpochSeconds;

use super::shape;

/// Exactly one of the two values [R]. It has no `Debug`, since it is all secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SecretValueShape {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    created_date: EpochSeconds,
    name: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_binary: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<Arc<str>>,
    version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<Vec<StagingLabel>>,
}

impl SecretValueShape {
    pub(super) fn new(reading: Reading<'_>) -> Self {
        let Reading {
            secret,
            id,
            version,
            value,
        } = reading;
        let (secret_string, secret_binary) = match value {
            SecretValue::Text(text) => (Some(Arc::clone(text)), None),
            SecretValue::Binary(bytes) => (None, Some(Blob(bytes.to_vec()))),
        };
        Self {
            arn: secret.arn.clone(),
            created_date: EpochSeconds(version.created),
            name: Arc::clone(&secret.name),
            secret_binary,
            secret_string,
            version_stages: shape::stages(secret, &id),
            version_id: id,
        }
    }
}
