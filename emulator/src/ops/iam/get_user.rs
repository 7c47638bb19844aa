//! GetUser: a user; the caller if none is named.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::{self, MaybeUser};
use super::shape::OneUser;

/// GetUser [M].
pub(super) struct GetUser;

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    const KIND: Kind = Kind::Read;
    type Input = MaybeUser;
    type Output = OneUser;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: MaybeUser,
    ) -> Result<OneUser, ApiError> {
        let name = input::user_name(cx, input.user_name)?;
        let user = world.iam.of(&cx.scope.account).user(&name)?;
        Ok(OneUser { user: user.into() })
    }
}
