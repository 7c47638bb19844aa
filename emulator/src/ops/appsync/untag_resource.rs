//! UntagResource: removes tags from an API.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations, between};

use super::Empty;
use super::tagging::{api_of_arn, check_key};

/// UntagResource [MODEL].
pub(super) struct UntagResource;

/// Input: the API and the keys of the tags, `?tagKeys=a&tagKeys=b`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    resource_arn: String,
    tag_keys: Vec<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.items("tagKeys", &self.tag_keys, between(1, 50));
        for key in &self.tag_keys {
            check_key("tagKeys", key, violations);
        }
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let id = api_of_arn(&input.resource_arn, cx.scope)?;
        let tags = cx.partition(world).appsync.tags_mut(&id)?;
        tags.remove(&input.tag_keys);
        Ok(Empty {})
    }
}
