//! DeleteRolePolicy: takes an inline policy from a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::Kind as Of;

use super::input::InlineOfRole;
use super::shape::Empty;

/// DeleteRolePolicy [M].
pub(super) struct DeleteRolePolicy;

impl Operation for DeleteRolePolicy {
    const NAME: &'static str = "DeleteRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = InlineOfRole;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: InlineOfRole,
    ) -> Result<Empty, ApiError> {
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        let identity = &mut role.identity;
        identity.delete_inline(Of::RolePolicy, &input.policy_name)?;
        Ok(Empty {})
    }
}
