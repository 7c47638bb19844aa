//! GetGraphqlApi: an API, with the URL at which its data plane answers.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::graphql_api::{GraphqlApiShape, OneApi};

/// GetGraphqlApi [MODEL].
pub(super) struct GetGraphqlApi;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for GetGraphqlApi {
    const NAME: &'static str = "GetGraphqlApi";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = OneApi;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneApi, ApiError> {
        let api = cx.partition(world).appsync.api(&input.api_id)?;
        let graphql_api = GraphqlApiShape::new(api, cx);
        Ok(OneApi { graphql_api })
    }
}
