//! UpdateRoleDescription: what a role is for.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::{OneRole, RoleShape};

/// UpdateRoleDescription [M].
pub(super) struct UpdateRoleDescription;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    description: String,
}

impl Operation for UpdateRoleDescription {
    const NAME: &'static str = "UpdateRoleDescription";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneRole;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneRole, ApiError> {
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.description = Some(input.description);
        let role = role.clone();
        Ok(OneRole {
            role: RoleShape::whole(&role, &world.iam),
        })
    }
}
