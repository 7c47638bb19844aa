//! ListTags: the tags of a function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::tagging::{check_resource, tagged};

/// ListTags [MODEL].
pub(super) struct ListTags;

/// Input: the function's ARN.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    resource: String,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_resource(violations, &self.resource);
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    tags: BTreeMap<String, String>,
}

impl Operation for ListTags {
    const NAME: &'static str = "ListTags";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let function = tagged(world, cx, &input.resource)?;
        Ok(Output {
            tags: function.tags.clone(),
        })
    }
}
