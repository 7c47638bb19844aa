//! DeleteUser: deletes a user that has neither policies nor keys any more.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::IamError;

use super::input::OfUser;
use super::shape::Empty;

/// DeleteUser [M].
pub(super) struct DeleteUser;

impl Operation for DeleteUser {
    const NAME: &'static str = "DeleteUser";
    const KIND: Kind = Kind::Write;
    type Input = OfUser;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: OfUser) -> Result<Empty, ApiError> {
        let (account, name) = (&cx.scope.account, &input.user_name);
        world.iam.of(account).user(name)?;
        if world.credentials.keys_of(account, name).next().is_some() {
            return Err(IamError::HasAccessKeys.into());
        }
        world.iam.of(account).delete_user(name)?;
        Ok(Empty {})
    }
}
