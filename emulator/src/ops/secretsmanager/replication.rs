//! What the operations on copies share: Regions in requests, statuses in answers.

use serde::{Deserialize, Serialize};

use crate::ids::{Region, SecretArn};
use crate::state::replication::NewReplicas;
use crate::state::secrets::replication::{Copies, ReplicationStatus};
use crate::state::secrets::secret::Secret;

/// `ReplicaRegionType` [M].
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RegionShape {
    region: String,
    kms_key_id: Option<String>,
}

/// The replicas that a request asks for.
pub(super) fn replicas(regions: Vec<RegionShape>, is_overwriting: Option<bool>) -> NewReplicas {
    let region = |shape: RegionShape| (Region::new(shape.region), shape.kms_key_id);
    NewReplicas {
        regions: regions.into_iter().map(region).collect(),
        is_overwriting: is_overwriting.unwrap_or(false),
    }
}

/// The key of a replica that was given none [D].
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// `ReplicationStatusType` [M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StatusShape {
    kms_key_id: String,
    region: Region,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<&'static str>,
}

impl StatusShape {
    /// The statuses of all replicas; none if the secret is no primary.
    pub(super) fn all(copies: &Copies) -> Option<Vec<Self>> {
        let statuses: Vec<_> = copies
            .replicas
            .iter()
            .map(|replica| Self {
                kms_key_id: replica
                    .kms_key_id
                    .as_deref()
                    .unwrap_or(DEFAULT_KEY)
                    .to_owned(),
                region: replica.region.clone(),
                status: replica.status.as_str(),
                status_message: replica.status.message(),
            })
            .collect();
        (!statuses.is_empty()).then_some(statuses)
    }
}

/// `{ARN, ReplicationStatus}`: what the operations on replicas answer [M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Replication {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    replication_status: Vec<StatusShape>,
}

impl From<&Secret> for Replication {
    fn from(secret: &Secret) -> Self {
        let statuses = secret.copies.as_deref().and_then(StatusShape::all);
        Self {
            arn: secret.arn.clone(),
            replication_status: statuses.unwrap_or_default(),
        }
    }
}

/// `CrossAccountPrimaryType` [M].
#[derive(Debug, Serialize)]
pub(super) struct CrossAccountPrimaryShape {
    #[serde(rename = "PrimarySecretARN")]
    primary: SecretArn,
    #[serde(rename = "ReplicationStatus")]
    status: &'static str,
}

impl CrossAccountPrimaryShape {
    pub(super) fn of(copies: &Copies) -> Option<Self> {
        let primary = copies.cross_account_primary.as_ref()?;
        Some(Self {
            primary: primary.arn.clone(),
            status: primary.status.as_str(),
        })
    }
}

/// `CrossAccountReplicaEntry` [M].
#[derive(Debug, Serialize)]
pub(super) struct CrossAccountReplicaShape {
    #[serde(rename = "ReplicaSecretARN")]
    replica: SecretArn,
    #[serde(rename = "ReplicationRoleARN", skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(rename = "ReplicationStatus")]
    status: &'static str,
}

impl CrossAccountReplicaShape {
    /// The one entry of the list; there is one at most [D].
    pub(super) fn of(copies: &Copies) -> Option<[Self; 1]> {
        let replica = copies.cross_account_replica.as_ref()?;
        Some([Self {
            replica: replica.arn.clone(),
            role: replica.role.clone(),
            status: replica.status.as_str(),
        }])
    }
}

/// `{ARN, CrossAccountReplicaARN, ReplicationStatus}` [M].
#[derive(Debug, Serialize)]
pub(super) struct Association {
    #[serde(rename = "ARN")]
    pub(super) arn: SecretArn,
    #[serde(rename = "CrossAccountReplicaARN")]
    pub(super) replica: SecretArn,
    #[serde(rename = "ReplicationStatus", skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
}

impl Association {
    pub(super) fn new(
        arn: SecretArn,
        replica: SecretArn,
        status: Option<ReplicationStatus>,
    ) -> Self {
        let status = status.map(ReplicationStatus::as_str);
        Self {
            arn,
            replica,
            status,
        }
    }
}
