//! UntagPolicy: takes tags from a managed policy.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::Keys;
use crate::wire::aws_query::Listed;

use super::managed;
use super::shape::Empty;

/// UntagPolicy [M].
pub(super) struct UntagPolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    tag_keys: Listed<String>,
}

impl Operation for UntagPolicy {
    const NAME: &'static str = "UntagPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        let tags = &mut iam.policy_mut(&input.policy_arn)?.tags;
        tags.remove(&input.tag_keys.0, Keys::Exact);
        Ok(Empty {})
    }
}
