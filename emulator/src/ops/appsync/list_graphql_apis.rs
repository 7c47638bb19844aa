//! ListGraphqlApis: a page of the APIs of the account and Region.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::appsync::graphql_api::ApiType;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::graphql_api::GraphqlApiShape;
use super::paging::{Paging, token};

/// ListGraphqlApis [MODEL].
pub(super) struct ListGraphqlApis;

/// Whose APIs are listed [MODEL].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Owner {
    CurrentAccount,
    /// Those that others share with the account; the emulator knows no sharing.
    OtherAccounts,
}

/// Input: the page, and what to list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    #[serde(flatten)]
    paging: Paging,
    api_type: Option<ApiType>,
    owner: Option<Owner>,
}

/// Output: the APIs, and where to go on.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    graphql_apis: Vec<GraphqlApiShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.paging.check(violations);
    }
}

impl Operation for ListGraphqlApis {
    const NAME: &'static str = "ListGraphqlApis";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let request = input.paging.request()?;
        if input.owner == Some(Owner::OtherAccounts) {
            return Ok(Output::default());
        }
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let page = partition
            .appsync
            .list_apis(request, input.api_type, &settings.appsync);
        Ok(Output {
            graphql_apis: page
                .items
                .into_iter()
                .map(|api| GraphqlApiShape::new(api, cx))
                .collect(),
            next_token: page.next.map(token),
        })
    }
}
