//! UntagResource: fewer tags for a function.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::tagging::{check_resource, tagged};

/// UntagResource [MODEL].
pub(super) struct UntagResource;

/// Input: the function's ARN and the keys.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    resource: String,
    #[serde(rename = "tagKeys", default)]
    tag_keys: Vec<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_resource(violations, &self.resource);
        if self.tag_keys.is_empty() {
            violations.add("null", "tagKeys", "not be null");
        }
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 204;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let function = tagged(world, cx, &input.resource)?;
        for key in &input.tag_keys {
            function.tags.remove(key);
        }
        Ok(())
    }
}
