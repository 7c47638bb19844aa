//! UntagRole: takes tags from a role.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::Keys;
use crate::wire::aws_query::Listed;

use super::shape::Empty;

/// UntagRole [M].
pub(super) struct UntagRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    tag_keys: Listed<String>,
}

impl Operation for UntagRole {
    const NAME: &'static str = "UntagRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let tags = &mut iam.role_mut(&input.role_name)?.identity.tags;
        tags.remove(&input.tag_keys.0, Keys::AnyCase);
        Ok(Empty {})
    }
}
