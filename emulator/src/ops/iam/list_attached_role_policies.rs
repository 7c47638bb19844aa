//! ListAttachedRolePolicies: the managed policies that are attached to a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfRole;
use super::shape::AttachedPolicies;

/// ListAttachedRolePolicies [M].
pub(super) struct ListAttachedRolePolicies;

impl Operation for ListAttachedRolePolicies {
    const NAME: &'static str = "ListAttachedRolePolicies";
    const KIND: Kind = Kind::Read;
    type Input = ListOfRole;
    type Output = AttachedPolicies;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfRole,
    ) -> Result<AttachedPolicies, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let role = iam.role(&input.role_name)?;
        let prefix = input.path_prefix.as_ref();
        Ok(AttachedPolicies::of(
            iam,
            &role.identity,
            prefix,
            &input.page,
        )?)
    }
}
