//! StopReplicationToReplica: makes a replica a secret of its own, asked in its own Region [D].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::target::Call;

const CALL: Call = Call::on_metadata(StopReplicationToReplica::NAME);

/// StopReplicationToReplica [M].
pub(super) struct StopReplicationToReplica;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
}

/// Output.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
}

impl Operation for StopReplicationToReplica {
    const NAME: &'static str = "StopReplicationToReplica";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let target = CALL.read(world, cx, &input.secret_id)?;
        target.secret.check_live()?;
        let arn = target.secret.arn.clone();
        let (scope, name) = (target.scope.clone(), Arc::clone(&target.secret.name));
        drop(target);
        world.stop_replication(&scope, &name, cx.now)?;
        Ok(Output { arn })
    }
}
