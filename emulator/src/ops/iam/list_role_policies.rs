//! ListRolePolicies: the names of the inline policies of a role.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::OfRole;
use super::shape::PolicyNames;

/// ListRolePolicies [M].
pub(super) struct ListRolePolicies;

impl Operation for ListRolePolicies {
    const NAME: &'static str = "ListRolePolicies";
    const KIND: Kind = Kind::Read;
    type Input = OfRole;
    type Output = PolicyNames;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: OfRole,
    ) -> Result<PolicyNames, ApiError> {
        let role = world.iam.of(&cx.scope.account).role(&input.role_name)?;
        Ok(PolicyNames::from(&role.identity))
    }
}
