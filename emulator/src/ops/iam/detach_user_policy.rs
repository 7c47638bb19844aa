//! DetachUserPolicy: detaches a managed policy from a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::AttachedToUser;
use super::managed;
use super::shape::Empty;

/// DetachUserPolicy [M].
pub(super) struct DetachUserPolicy;

impl Operation for DetachUserPolicy {
    const NAME: &'static str = "DetachUserPolicy";
    const KIND: Kind = Kind::Write;
    type Input = AttachedToUser;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: AttachedToUser,
    ) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let user = world.iam.of(&cx.scope.account).user_mut(&input.user_name)?;
        user.identity.detach(&input.policy_arn)?;
        Ok(Empty {})
    }
}
