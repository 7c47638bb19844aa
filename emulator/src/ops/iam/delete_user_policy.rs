//! DeleteUserPolicy: takes an inline policy from a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::Kind as Of;

use super::input::InlineOfUser;
use super::shape::Empty;

/// DeleteUserPolicy [M].
pub(super) struct DeleteUserPolicy;

impl Operation for DeleteUserPolicy {
    const NAME: &'static str = "DeleteUserPolicy";
    const KIND: Kind = Kind::Write;
    type Input = InlineOfUser;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: InlineOfUser,
    ) -> Result<Empty, ApiError> {
        let user = world.iam.of(&cx.scope.account).user_mut(&input.user_name)?;
        let identity = &mut user.identity;
        identity.delete_inline(Of::UserPolicy, &input.policy_name)?;
        Ok(Empty {})
    }
}
