//! TagPolicy: gives a managed policy tags, or those it has other values.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::Keys;
use crate::wire::aws_query::Listed;

use super::input::{Tag, pairs};
use super::managed;
use super::shape::Empty;

/// TagPolicy [M].
pub(super) struct TagPolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    tags: Listed<Tag>,
}

impl Operation for TagPolicy {
    const NAME: &'static str = "TagPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        let tags = &mut iam.policy_mut(&input.policy_arn)?.tags;
        tags.put(pairs(input.tags), Keys::Exact)?;
        Ok(Empty {})
    }
}
