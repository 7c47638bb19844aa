//! AttachRolePolicy: attaches a managed policy to a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::AttachedToRole;
use super::managed;
use super::shape::Empty;

/// AttachRolePolicy [M].
pub(super) struct AttachRolePolicy;

impl Operation for AttachRolePolicy {
    const NAME: &'static str = "AttachRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = AttachedToRole;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: AttachedToRole,
    ) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        iam.role(&input.role_name)?;
        let policy = managed::attachable(iam, &input.policy_arn)?.clone();
        let identity = &mut iam.role_mut(&input.role_name)?.identity;
        identity.attach(&policy, "PoliciesPerRole")?;
        Ok(Empty {})
    }
}
