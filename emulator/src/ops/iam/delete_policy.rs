//! DeletePolicy: deletes a managed policy that is attached to nothing.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::OfPolicy;
use super::shape::Empty;

/// DeletePolicy [M].
pub(super) struct DeletePolicy;

impl Operation for DeletePolicy {
    const NAME: &'static str = "DeletePolicy";
    const KIND: Kind = Kind::Write;
    type Input = OfPolicy;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: OfPolicy) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        iam.delete_policy(&input.policy_arn)?;
        Ok(Empty {})
    }
}
