//! DisassociateCrossAccountReplica: parts a secret from its copy in another account [D].

use std::sync::Arc;

use serde::Deserialize;

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::replication::Association;
use super::target::Call;

const CALL: Call = Call::on_metadata(DisassociateCrossAccountReplica::NAME);

/// DisassociateCrossAccountReplica [M].
pub(super) struct DisassociateCrossAccountReplica;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    #[serde(rename = "CrossAccountReplicaARN")]
    replica: String,
}

impl Operation for DisassociateCrossAccountReplica {
    const NAME: &'static str = "DisassociateCrossAccountReplica";
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
        world.disassociate(&scope, &name, &replica, cx.now)?;
        Ok(Association::new(arn, replica, None))
    }
}
