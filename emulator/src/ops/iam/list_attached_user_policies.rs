//! ListAttachedUserPolicies: the managed policies that are attached to a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::OfUser;
use super::shape::AttachedPolicies;

/// ListAttachedUserPolicies [M].
pub(super) struct ListAttachedUserPolicies;

impl Operation for ListAttachedUserPolicies {
    const NAME: &'static str = "ListAttachedUserPolicies";
    const KIND: Kind = Kind::Read;
    type Input = OfUser;
    type Output = AttachedPolicies;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: OfUser,
    ) -> Result<AttachedPolicies, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let user = iam.user(&input.user_name)?;
        Ok(AttachedPolicies::of(iam, &user.identity))
    }
}
