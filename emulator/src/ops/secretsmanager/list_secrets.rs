//! ListSecrets: the secrets of the caller's account and Region that all filters let through.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::SortKey;
use crate::state::secrets::secret::Secret;

use super::details::Details;
use super::filters::{FilterShape, Listing, filters};
use super::paging;

/// ListSecrets [M].
pub(super) struct ListSecrets;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    include_planned_deletion: Option<bool>,
    max_results: Option<i64>,
    next_token: Option<String>,
    filters: Option<Vec<FilterShape>>,
    sort_order: Option<String>,
    sort_by: Option<String>,
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    secret_list: Vec<Details>,
}

impl Operation for ListSecrets {
    const NAME: &'static str = "ListSecrets";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// Oldest first unless the request says otherwise [R].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let listing = Listing {
            filters: filters(input.filters.as_deref()),
            is_planned_in: input.include_planned_deletion.unwrap_or(false),
            known_at: cx.now.plus_millis(-settings.secrets.list_lag_ms),
        };
        let key = input.sort_by.as_deref().and_then(SortKey::named);
        let is_descending = input.sort_order.as_deref() == Some("desc");
        let request = (&cx.scope.account, &cx.scope.region, input.request());
        let token = input.next_token.as_deref();
        let after = token
            .map(|token| paging::place(&request, token))
            .transpose()?;
        let (page, next) = partition.secrets.page(
            (key.unwrap_or_default(), is_descending),
            after.as_ref(),
            paging::items(input.max_results),
            |secret| listing.shows(secret),
        );
        let listed = |secret: &Secret| Details::listed(secret, settings.secrets);
        Ok(Output {
            next_token: next.map(|place| paging::token(&request, &place)),
            secret_list: page.into_iter().map(listed).collect(),
        })
    }
}

impl Input {
    /// What a page's token is bound to.
    fn request(&self) -> impl Serialize + '_ {
        (
            "ListSecrets",
            self.include_planned_deletion,
            &self.sort_by,
            &self.sort_order,
            &self.filters,
        )
    }
}
