//! ListUserPolicies: the names of the inline policies of a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfUser;
use super::shape::PolicyNames;

/// ListUserPolicies [M].
pub(super) struct ListUserPolicies;

impl Operation for ListUserPolicies {
    const NAME: &'static str = "ListUserPolicies";
    const KIND: Kind = Kind::Read;
    type Input = ListOfUser;
    type Output = PolicyNames;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfUser,
    ) -> Result<PolicyNames, ApiError> {
        let user = world.iam.of(&cx.scope.account).user(&input.user_name)?;
        Ok(PolicyNames::of(&user.identity, &input.page)?)
    }
}
