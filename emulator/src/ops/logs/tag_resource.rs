//! TagResource: more tags for a group.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::tagged;

/// TagResource [MODEL].
pub(super) struct TagResource;

/// Input: the group by its ARN, and the tags.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    resource_arn: Required<String>,
    tags: Required<BTreeMap<String, String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.required_text("resourceArn", &self.resource_arn, between(1, 1011));
        violations.present("tags", &self.tags);
    }
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let group = tagged(world, cx, &input.resource_arn)?;
        Ok(group.tag(input.tags.into_inner())?)
    }
}
