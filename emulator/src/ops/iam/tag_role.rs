//! TagRole: gives a role tags, or those it has other values.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::Keys;
use crate::wire::aws_query::Listed;

use super::input::{Tag, pairs};
use super::shape::Empty;

/// TagRole [M].
pub(super) struct TagRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    tags: Listed<Tag>,
}

impl Operation for TagRole {
    const NAME: &'static str = "TagRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let tags = &mut iam.role_mut(&input.role_name)?.identity.tags;
        tags.put(pairs(input.tags), Keys::AnyCase)?;
        Ok(Empty {})
    }
}
