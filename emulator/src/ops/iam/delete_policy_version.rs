//! DeletePolicyVersion: takes a version of a managed policy away.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::Empty;

/// DeletePolicyVersion [M].
pub(super) struct DeletePolicyVersion;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    version_id: String,
}

impl Operation for DeletePolicyVersion {
    const NAME: &'static str = "DeletePolicyVersion";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        iam.policy_mut(&input.policy_arn)?
            .delete_version(&input.version_id)?;
        Ok(Empty {})
    }
}
