//! TagResource: more tags for a function.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::tagging::{check_resource, tagged};

/// TagResource [MODEL].
pub(super) struct TagResource;

/// Input: the function's ARN and the tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    resource: String,
    #[serde(default)]
    tags: Required<BTreeMap<String, String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_resource(violations, &self.resource);
        violations.present("tags", &self.tags);
    }
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 204;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let function = tagged(world, cx, &input.resource)?;
        function.tag(input.tags.into_inner())?;
        Ok(())
    }
}
