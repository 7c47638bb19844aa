//! ListTagsForResource: the tags of an API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::tagging::api_of_arn;

/// ListTagsForResource [MODEL].
pub(super) struct ListTagsForResource;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    resource_arn: String,
}

/// Output: the tags.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    tags: BTreeMap<String, String>,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let id = api_of_arn(&input.resource_arn, cx.scope)?;
        let tags = cx.partition(world).appsync.tags_mut(&id)?;
        let tags = tags.all().clone();
        Ok(Output { tags })
    }
}
