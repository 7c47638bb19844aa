//! ListAttachedUserPolicies: the managed policies that are attached to a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfUser;
use super::shape::AttachedPolicies;

/// ListAttachedUserPolicies [M].
pub(super) struct ListAttachedUserPolicies;

impl Operation for ListAttachedUserPolicies {
    const NAME: &'static str = "ListAttachedUserPolicies";
    const KIND: Kind = Kind::Read;
    type Input = ListOfUser;
    type Output = AttachedPolicies;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfUser,
    ) -> Result<AttachedPolicies, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let user = iam.user(&input.user_name)?;
        let prefix = input.path_prefix.as_ref();
        Ok(AttachedPolicies::of(
            iam,
            &user.identity,
            prefix,
            &input.page,
        )?)
    }
}
