//! RestoreSecret: takes a scheduled deletion back.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::Identity;
use super::target::Call;

const CALL: Call = Call::on_metadata(RestoreSecret::NAME);

/// RestoreSecret [M].
pub(super) struct RestoreSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
}

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        let id = &input.secret_id;
        let scope = CALL.read(world, cx, id)?.scope;
        let (partition, settings) = world.partition_and_settings(&scope);
        let secret = partition
            .secrets
            .restore(id, &scope, settings.secrets, cx.now)?;
        Ok(Identity::from(&*secret))
    }
}
