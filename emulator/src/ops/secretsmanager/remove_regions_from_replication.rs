//! RemoveRegionsFromReplication: deletes replicas, at once [D].

use std::sync::Arc;

use serde::Deserialize;

use crate::ids::Region;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::replication::Replication;
use super::target::Call;

const CALL: Call = Call::on_metadata(RemoveRegionsFromReplication::NAME);

/// RemoveRegionsFromReplication [M].
pub(super) struct RemoveRegionsFromReplication;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    remove_replica_regions: Vec<String>,
}

impl Operation for RemoveRegionsFromReplication {
    const NAME: &'static str = "RemoveRegionsFromReplication";
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
        drop(target);
        let regions: Vec<_> = input
            .remove_replica_regions
            .iter()
            .map(Region::new)
            .collect();
        world.remove_replicas(&scope, &name, &regions, cx.now)?;
        let secret = world.partition(&scope).secrets.find(&name, &scope)?;
        Ok(Replication::from(secret))
    }
}
