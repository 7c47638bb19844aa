//! UntagUser: takes tags from a user.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::Keys;
use crate::wire::aws_query::Listed;

use super::shape::Empty;

/// UntagUser [M].
pub(super) struct UntagUser;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    user_name: String,
    tag_keys: Listed<String>,
}

impl Operation for UntagUser {
    const NAME: &'static str = "UntagUser";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let tags = &mut iam.user_mut(&input.user_name)?.identity.tags;
        tags.remove(&input.tag_keys.0, Keys::AnyCase);
        Ok(Empty {})
    }
}
