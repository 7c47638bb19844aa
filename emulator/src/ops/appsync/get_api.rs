//! GetApi: an Event API, with the domain at which its data plane answers.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::event_api::{EventApiShape, OneEventApi};

/// GetApi [MODEL].
pub(super) struct GetApi;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for GetApi {
    const NAME: &'static str = "GetApi";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = OneEventApi;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<OneEventApi, ApiError> {
        let api = cx.partition(world).appsync.events.get(&input.api_id)?;
        let api = EventApiShape::new(api, cx);
        Ok(OneEventApi { api })
    }
}
