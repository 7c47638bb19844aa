//! DeleteRole: deletes a role that has no policies any more.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::OfRole;
use super::shape::Empty;

/// DeleteRole [M].
pub(super) struct DeleteRole;

impl Operation for DeleteRole {
    const NAME: &'static str = "DeleteRole";
    const KIND: Kind = Kind::Write;
    type Input = OfRole;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: OfRole) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        iam.delete_role(&input.role_name)?;
        Ok(Empty {})
    }
}
