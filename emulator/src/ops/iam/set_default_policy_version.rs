//! SetDefaultPolicyVersion: lets a version of a managed policy count.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::Empty;

/// SetDefaultPolicyVersion [M].
pub(super) struct SetDefaultPolicyVersion;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    version_id: String,
}

impl Operation for SetDefaultPolicyVersion {
    const NAME: &'static str = "SetDefaultPolicyVersion";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        iam.policy_mut(&input.policy_arn)?
            .set_default(&input.version_id)?;
        Ok(Empty {})
    }
}
