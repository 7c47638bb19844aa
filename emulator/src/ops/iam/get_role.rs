//! GetRole: a role, with the policy that says who may assume it.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::{self, OfRole};
use super::shape::{OneRole, RoleShape};

/// GetRole [M].
pub(super) struct GetRole;

impl Operation for GetRole {
    const NAME: &'static str = "GetRole";
    const KIND: Kind = Kind::Read;
    type Input = OfRole;
    type Output = OneRole;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: OfRole) -> Result<OneRole, ApiError> {
        let role = input::role(world, cx, &input.role_name)?;
        Ok(OneRole {
            role: RoleShape::whole(role, &world.iam),
        })
    }
}
