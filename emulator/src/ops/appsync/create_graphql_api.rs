//! CreateGraphqlApi: makes an API, without a schema and without keys.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::appsync::graphql_api::{ApiType, NewApi, Visibility};
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::api_input::ApiInput;
use super::graphql_api::{GraphqlApiShape, OneApi};
use super::tagging::check_tags;

/// CreateGraphqlApi [MODEL].
pub(super) struct CreateGraphqlApi;

/// Input: the attributes, and what can only be set now.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    #[serde(flatten)]
    attributes: ApiInput,
    #[serde(default)]
    api_type: ApiType,
    #[serde(default)]
    visibility: Visibility,
    tags: Option<BTreeMap<String, String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.attributes.check(violations);
        if let Some(tags) = &self.tags {
            check_tags(tags, violations);
        }
    }
}

impl Operation for CreateGraphqlApi {
    const NAME: &'static str = "CreateGraphqlApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneApi;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneApi, ApiError> {
        let new = NewApi {
            definition: input.attributes.into_definition()?,
            api_type: input.api_type,
            visibility: input.visibility,
            tags: input.tags.unwrap_or_default(),
        };
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let appsync = &mut partition.appsync;
        let api = appsync.create_api(new, cx.now, cx.entropy, &settings.appsync)?;
        let graphql_api = GraphqlApiShape::new(api, cx);
        Ok(OneApi { graphql_api })
    }
}
