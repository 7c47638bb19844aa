//! What a secret knows of its copies in other Regions and in another account [D][M].
//!
//! The copies themselves lie in the partitions of those places; `state::replication` keeps them.

use crate::ids::{Region, SecretArn};
use crate::time::Timestamp;

/// The copies of a secret, or whose copy it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// The Region of the primary, told by it and by its replicas [M].
    pub primary_region: Option<Region>,
    /// The replicas of a primary, in the order in which they were asked for.
    pub replicas: Vec<Replica>,
    /// The primary in another account whose copy this is.
    pub cross_account_primary: Option<CrossAccountPrimary>,
    /// The copy in another account; there is one at most [D].
    pub cross_account_replica: Option<CrossAccountReplica>,
    pub(in crate::state) is_regional_replica: bool,
    /// The primary's changes that the copies have.
    pub(in crate::state) copied: Option<u32>,
    /// Since when the replicas lack a change of the primary.
    pub(in crate::state) behind_since: Option<Timestamp>,
}

/// One replica, as its primary knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Its Region.
    pub region: Region,
    /// Its KMS key; `None` is the default key of its Region.
    pub kms_key_id: Option<String>,
    /// How the copying goes.
    pub status: ReplicationStatus,
}

/// The primary of a copy in another account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossAccountPrimary {
    /// Its ARN.
    pub arn: SecretArn,
    /// How the copying goes.
    pub status: ReplicationStatus,
}

/// The copy in another account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossAccountReplica {
    /// Its ARN.
    pub arn: SecretArn,
    /// The role that copies.
    pub role: Option<String>,
    /// How the copying goes.
    pub status: ReplicationStatus,
}

/// How the copying of a secret goes [M].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicationStatus {
    /// The copy has what the primary has.
    InSync,
    /// The copy does not yet have what the primary has, or is not there yet.
    InProgress,
    /// There is no copy: another secret has the name there [D].
    NameTaken,
    /// There is no copy: the key that was named is in another Region [D].
    KeyElsewhere,
    /// The other account has not yet made the copy, or not yet for this primary.
    Pending,
    /// The copy is on its own again.
    Detached,
}

impl ReplicationStatus {
    /// Its name on the wire [M].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InSync => "InSync",
            Self::InProgress => "InProgress",
            Self::NameTaken | Self::KeyElsewhere => "Failed",
            Self::Pending => "Pending",
            Self::Detached => "Detached",
        }
    }

    /// What is said of it [D]; of a key that is elsewhere the words are not known [?].
    pub const fn message(self) -> Option<&'static str> {
        match self {
            Self::NameTaken => Some("Secret with this name already exists in this region"),
            Self::KeyElsewhere => Some("The KMS key is not in the Region of the replica"),
            Self::InSync => Some("Replication succeeded"),
            Self::InProgress | Self::Pending | Self::Detached => None,
        }
    }

    /// Is there no copy, and none to come?
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::NameTaken | Self::KeyElsewhere)
    }
}

impl Copies {
    /// Is the secret a copy that only its primary changes?
    pub fn is_replica(&self) -> bool {
        let is_followed =
            |primary: &CrossAccountPrimary| primary.status != ReplicationStatus::Detached;
        self.is_regional_replica || self.cross_account_primary.as_ref().is_some_and(is_followed)
    }

    /// The Regions that hold a replica.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.replicas.iter().map(|replica| &replica.region)
    }

    /// Sets the status of all replicas that there are or will be.
    pub(in crate::state) fn set_progress(&mut self, status: ReplicationStatus) {
        let followed = [ReplicationStatus::InSync, ReplicationStatus::InProgress];
        let replicas = self.replicas.iter_mut();
        for replica in replicas.filter(|replica| followed.contains(&replica.status)) {
            replica.status = status;
        }
    }

    /// The replica in a Region.
    pub(in crate::state) fn replica_mut(&mut self, region: &Region) -> Option<&mut Replica> {
        self.replicas
            .iter_mut()
            .find(|replica| replica.region == *region)
    }
}
