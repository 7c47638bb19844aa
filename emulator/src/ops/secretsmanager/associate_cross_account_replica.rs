//! AssociateCrossAccountReplica: ties a secret to its copy in another account [D].

use std::sync::Arc;

use serde::Deserialize;

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::replication::Association;
use super::target::Call;

const CALL: Call = Call::on_metadata(AssociateCrossAccountReplica::NAME);

/// AssociateCrossAccountReplica [M].
pub(super) struct AssociateCrossAccountReplica;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    #[serde(rename = "CrossAccountReplicaARN")]
    replica: String,
    #[serde(rename = "ReplicationRoleARN")]
    role: Option<String>,
}

impl Operation for AssociateCrossAccountReplica {
    const NAME: &'static str = "AssociateCrossAccountReplica";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Association;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<Association, ApiError> {
        let target = CALL.write(world, cx, &input.secret_id)?;
        let arn = target.secret.arn.clone();
        let (scope, name) = (target.scope.clone(), Arc::clone(&target.secret.name));
        drop(target);
        let replica = SecretArn::new(input.replica);
        let status = world.associate(&scope, &name, &replica, input.role, cx.now)?;
        Ok(Association::new(arn, replica, Some(status)))
    }
}
