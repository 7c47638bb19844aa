//! ListRolePolicies: the names of the inline policies of a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfRole;
use super::shape::PolicyNames;

/// ListRolePolicies [M].
pub(super) struct ListRolePolicies;

impl Operation for ListRolePolicies {
    const NAME: &'static str = "ListRolePolicies";
    const KIND: Kind = Kind::Read;
    type Input = ListOfRole;
    type Output = PolicyNames;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfRole,
    ) -> Result<PolicyNames, ApiError> {
        let role = world.iam.of(&cx.scope.account).role(&input.role_name)?;
        Ok(PolicyNames::of(&role.identity, &input.page)?)
    }
}
