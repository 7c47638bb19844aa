//! ListTagsForResource: the tags of a group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::tagged;

/// ListTagsForResource [MODEL].
pub(super) struct ListTagsForResource;

/// Input: the group by its ARN.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    resource_arn: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.required_text("resourceArn", &self.resource_arn, between(1, 1011));
    }
}

/// Output.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    tags: BTreeMap<String, String>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let group = tagged(world, cx, &input.resource_arn)?;
        Ok(Output {
            tags: group.tags.clone(),
        })
    }
}
