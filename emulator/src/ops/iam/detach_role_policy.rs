//! DetachRolePolicy: detaches a managed policy from a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::AttachedToRole;
use super::managed;
use super::shape::Empty;

/// DetachRolePolicy [M].
pub(super) struct DetachRolePolicy;

impl Operation for DetachRolePolicy {
    const NAME: &'static str = "DetachRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = AttachedToRole;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: AttachedToRole,
    ) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.identity.detach(&input.policy_arn)?;
        Ok(Empty {})
    }
}
