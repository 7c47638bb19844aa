//! ListChannelNamespaces: a page of the channel namespaces of an Event API.

use serde::{Deserialize, Serialize};

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::channel_namespace::NamespaceShape;
use super::paging::{Paging, token};

/// ListChannelNamespaces [MODEL].
pub(super) struct ListChannelNamespaces;

/// Input: the API and the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(flatten)]
    paging: Paging,
}

/// Output: the namespaces, and where to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    channel_namespaces: Vec<NamespaceShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.paging.check(violations);
    }
}

impl Operation for ListChannelNamespaces {
    const NAME: &'static str = "ListChannelNamespaces";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let request = input.paging.request()?;
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let api = partition.appsync.events.get(&input.api_id)?;
        let page = api.namespaces.list(request, &settings.appsync);
        let shape = |namespace| NamespaceShape::new(namespace, &api.id, cx.scope);
        Ok(Output {
            channel_namespaces: page.items.into_iter().map(shape).collect(),
            next_token: page.next.map(token),
        })
    }
}
