//! ListApis: a page of the Event APIs of the account and Region.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::event_api::EventApiShape;
use super::paging::{Paging, token};

/// ListApis [MODEL].
pub(super) struct ListApis;

/// Input: the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    #[serde(flatten)]
    paging: Paging,
}

/// Output: the APIs, and where to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    apis: Vec<EventApiShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.paging.check(violations);
    }
}

impl Operation for ListApis {
    const NAME: &'static str = "ListApis";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let request = input.paging.request()?;
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let page = partition.appsync.events.list(request, &settings.appsync);
        let shape = |api| EventApiShape::new(api, cx);
        Ok(Output {
            apis: page.items.into_iter().map(shape).collect(),
            next_token: page.next.map(token),
        })
    }
}
