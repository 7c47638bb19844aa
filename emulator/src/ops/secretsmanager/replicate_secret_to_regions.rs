//! ReplicateSecretToRegions: copies a secret to other Regions, and keeps the copies up to date.

use std::sync::Arc;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::replication::{RegionShape, Replication, replicas};
use super::target::Call;

const CALL: Call = Call::on_metadata(ReplicateSecretToRegions::NAME);

/// ReplicateSecretToRegions [M].
pub(super) struct ReplicateSecretToRegions;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    add_replica_regions: Vec<RegionShape>,
    force_overwrite_replica_secret: Option<bool>,
}

impl Operation for ReplicateSecretToRegions {
    const NAME: &'static str = "ReplicateSecretToRegions";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Replication;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<Replication, ApiError> {
        let target = CALL.write(world, cx, &input.secret_id)?;
        let (scope, name) = (target.scope.clone(), Arc::clone(&target.secret.name));
        let new = replicas(
            input.add_replica_regions,
            input.force_overwrite_replica_secret,
        );
        drop(target);
        World::check_replicas(&scope, &new)?;
        world.replicate(&scope, &name, new, cx.now);
        let secret = world.partition(&scope).secrets.find(&name, &scope)?;
        Ok(Replication::from(secret))
    }
}
