//! UpdateGraphqlApi: replaces the attributes of an API. What is not sent is reset, not kept [MODEL:
//! name and authenticationType are required]; type and visibility cannot be sent.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::api_input::ApiInput;
use super::graphql_api::{GraphqlApiShape, OneApi};

/// UpdateGraphqlApi [MODEL].
pub(super) struct UpdateGraphqlApi;

/// Input: the API and its new attributes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(flatten)]
    attributes: ApiInput,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.attributes.check(violations);
    }
}

impl Operation for UpdateGraphqlApi {
    const NAME: &'static str = "UpdateGraphqlApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneApi;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneApi, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let appsync = &mut partition.appsync;
        appsync.api(&input.api_id)?;
        let definition = input.attributes.into_definition()?;
        let api = appsync.update_api(&input.api_id, definition, cx.now, &settings.appsync)?;
        let graphql_api = GraphqlApiShape::new(api, cx);
        Ok(OneApi { graphql_api })
    }
}
