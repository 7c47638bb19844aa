//! CreateSecret: a new secret, with or without a first value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::replication::check_cross_account;
use crate::state::secrets::NewSecret;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup::{self, SUFFIX_LENGTH};
use crate::state::secrets::replication::{CrossAccountPrimary, ReplicationStatus};
use crate::wire::blob::Blob;

use super::input;
use super::replication::{RegionShape, StatusShape, replicas};
use super::shape::{Tag, VersionIdentity};

/// CreateSecret [M].
pub(super) struct CreateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    name: String,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_binary: Option<Blob>,
    secret_string: Option<String>,
    tags: Option<Vec<Tag>>,
    add_replica_regions: Option<Vec<RegionShape>>,
    force_overwrite_replica_secret: Option<bool>,
    r#type: Option<String>,
    #[serde(rename = "CrossAccountPrimaryARN")]
    cross_account_primary: Option<String>,
}

/// Output: the statuses only if replicas were asked for [M].
#[derive(Debug, Serialize)]
pub(super) struct Output {
    #[serde(flatten)]
    identity: VersionIdentity,
    #[serde(rename = "ReplicationStatus", skip_serializing_if = "Option::is_none")]
    replication_status: Option<Vec<StatusShape>>,
}

impl Operation for CreateSecret {
    const NAME: &'static str = "CreateSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        mut input: Input,
    ) -> Result<Output, ApiError> {
        lookup::check_name(&input.name)?;
        let regions = input.add_replica_regions.take();
        let primary = input.cross_account_primary.take().map(SecretArn::new);
        if let Some(primary) = &primary {
            input.check_cross_account(regions.is_some())?;
            check_cross_account(cx.scope, primary)?;
        }
        let is_overwriting = input.force_overwrite_replica_secret;
        let new_replicas = replicas(regions.unwrap_or_default(), is_overwriting);
        World::check_replicas(cx.scope, &new_replicas)?;
        let partner = input.r#type.take().filter(|partner| !partner.is_empty());
        let new = input.new_secret()?;

        let version = new.value.is_some().then(|| new.token.clone());
        let suffix = cx.entropy.alphanumeric(SUFFIX_LENGTH);
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let secrets = &mut partition.secrets;
        let mut secret = secrets.create(new, cx.scope, &suffix, settings.secrets, cx.now)?;
        if let Some(partner) = partner {
            secret.external_mut().partner = Some(partner);
        }
        if let Some(arn) = primary {
            let status = ReplicationStatus::Pending;
            let copies = secret.copies.get_or_insert_default();
            copies.cross_account_primary = Some(CrossAccountPrimary { arn, status });
        }
        let identity = VersionIdentity::new(&secret, version);
        let name = Arc::clone(&secret.name);
        drop(secret);
        if !new_replicas.regions.is_empty() {
            world.replicate(cx.scope, &name, new_replicas, cx.now);
        }
        let secret = world.partition(cx.scope).secrets.named(&name);
        let copies = secret.and_then(|secret| secret.copies.as_deref());
        Ok(Output {
            identity,
            replication_status: copies.and_then(StatusShape::all),
        })
    }
}

impl Input {
    fn new_secret(self) -> Result<NewSecret, SecretsError> {
        let tags = self.tags.unwrap_or_default().into_iter().map(Into::into);
        Ok(NewSecret {
            name: self.name,
            token: input::token(self.client_request_token)?,
            value: input::value(self.secret_string, self.secret_binary)?,
            description: self.description,
            kms_key_id: self.kms_key_id,
            tags: tags.collect(),
        })
    }

    /// A copy for another account's primary has a key of its own, and neither value, description,
    /// Regions nor type [D].
    fn check_cross_account(&self, has_regions: bool) -> Result<(), SecretsError> {
        let has_value = self.secret_string.is_some() || self.secret_binary.is_some();
        for (is_there, what) in [
            (has_value, "no value"),
            (self.description.is_some(), "no Description"),
            (self.r#type.is_some(), "no Type"),
            (has_regions, "no AddReplicaRegions"),
            (self.kms_key_id.is_none(), "a KmsKeyId"),
        ] {
            if is_there {
                return Err(SecretsError::CrossAccountMember(what));
            }
        }
        Ok(())
    }
}
