//! ListApiKeys: a page of the keys of an API, expired ones included [DOCS], in no useful order.

use serde::{Deserialize, Serialize};

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::api_key::ApiKeyShape;
use super::paging::{Paging, token};

/// ListApiKeys [MODEL].
pub(super) struct ListApiKeys;

/// Input: the API and the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(flatten)]
    paging: Paging,
}

/// Output: the keys, credentials all of them, and where to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    api_keys: Vec<ApiKeyShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.paging.check(violations);
    }
}

impl Operation for ListApiKeys {
    const NAME: &'static str = "ListApiKeys";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let request = input.paging.request()?;
        let page =
            partition
                .appsync
                .list_keys(&input.api_id, request, cx.now, &settings.appsync)?;
        Ok(Output {
            api_keys: page.items.into_iter().map(ApiKeyShape::from).collect(),
            next_token: page.next.map(token),
        })
    }
}
