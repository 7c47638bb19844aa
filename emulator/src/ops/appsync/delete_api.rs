//! DeleteApi: deletes an Event API and with it its channel namespaces and its keys [INF].

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::Empty;

/// DeleteApi [MODEL].
pub(super) struct DeleteApi;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for DeleteApi {
    const NAME: &'static str = "DeleteApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let events = &mut cx.partition(world).appsync.events;
        events.delete(&input.api_id, cx.now)?;
        Ok(Empty {})
    }
}
