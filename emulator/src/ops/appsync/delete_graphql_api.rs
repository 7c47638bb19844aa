//! DeleteGraphqlApi: deletes an API and with it its keys [INF].

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::Empty;

/// DeleteGraphqlApi [MODEL].
pub(super) struct DeleteGraphqlApi;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for DeleteGraphqlApi {
    const NAME: &'static str = "DeleteGraphqlApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let appsync = &mut partition.appsync;
        appsync.delete_api(&input.api_id, cx.now, &settings.appsync)?;
        Ok(Empty {})
    }
}
