//! TagResource: adds tags to an API, a GraphQL or an Event API.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::Empty;
use super::tagging::{api_of_arn, check_tags};

/// TagResource [MODEL].
pub(super) struct TagResource;

/// Input: the API and the tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    resource_arn: String,
    #[serde(default)]
    tags: Required<BTreeMap<String, String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.present("tags", &self.tags);
        if self.tags.is_present() {
            check_tags(&self.tags, violations);
        }
    }
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let id = api_of_arn(&input.resource_arn, cx.scope)?;
        let tags = cx.partition(world).appsync.tags_mut(&id)?;
        tags.add(input.tags.into_inner())?;
        Ok(Empty {})
    }
}
