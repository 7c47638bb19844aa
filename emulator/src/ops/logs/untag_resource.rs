//! UntagResource: fewer tags for a group.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::tagged;

/// UntagResource [MODEL].
pub(super) struct UntagResource;

/// Input: the group by its ARN, and the keys.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    resource_arn: Required<String>,
    tag_keys: Required<Vec<String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.required_text("resourceArn", &self.resource_arn, between(1, 1011));
        violations.present("tagKeys", &self.tag_keys);
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let group = tagged(world, cx, &input.resource_arn)?;
        for key in input.tag_keys.iter() {
            group.tags.remove(key);
        }
        Ok(())
    }
}
