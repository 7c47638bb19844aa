//! ListSecrets: the secrets of the caller's account and Region that all filters let through.

use serde::{Deserialize, Serialize, Serializer};

use crate::ids::Scope;
use crate::ops::operation::encode;
use crate::ops::{Context, Kind, Operation, Reply};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::secret::Secret;
use crate::state::secrets::{Cursor, Secrets, SecretsSettings, SortKey};
use crate::wire::request::Search;

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
#[derive(Debug)]
pub(super) enum Output {
    /// A page.
    Page(Page),
    /// One that takes its time to be found.
    Search(Search),
}

/// No member of an output is the output itself.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Page(page) => page.serialize(serializer),
            Self::Search(_) => serializer.serialize_unit(),
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
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
        let settings = settings.secrets;
        let listing = Listing {
            filters: filters(input.filters.as_deref()),
            is_planned_in: input.include_planned_deletion.unwrap_or(false),
            known_at: cx.now.plus_millis(-settings.list_lag_ms),
        };
        let list = List::new(listing, input, cx.scope.clone(), settings)?;
        let secrets = &partition.secrets;
        if list.listing.filters.is_empty() || secrets.len() < SEARCHED_AT_ONCE {
            return Ok(Output::Page(list.page(secrets)));
        }
        let held = secrets.clone();
        Ok(Output::Search(Search::new(move || {
            encode(&list.page(&held))
        })))
    }

    fn reply(output: Output) -> Reply {
        match output {
            Output::Page(page) => Reply::Answer {
                status: Self::STATUS,
                body: encode(&page),
            },
            Output::Search(search) => Reply::Search(search),
        }
    }
}

/// Among so many secrets a filter takes a millisecond.
const SEARCHED_AT_ONCE: usize = 1_000;

/// What is to be listed, and from where on.
struct List {
    listing: Listing,
    input: Input,
    scope: Scope,
    settings: SecretsSettings,
    after: Option<Cursor>,
}

impl List {
    fn new(
        listing: Listing,
        input: Input,
        scope: Scope,
        settings: SecretsSettings,
    ) -> Result<Self, SecretsError> {
        let mut list = Self {
            listing,
            input,
            scope,
            settings,
            after: None,
        };
        let token = list.input.next_token.as_deref();
        let after = token.map(|token| paging::place(&list.request(), token));
        let after = after.transpose()?;
        list.after = after;
        Ok(list)
    }

    /// What a page's token is bound to.
    fn request(&self) -> impl Serialize + '_ {
        (
            &self.scope.account,
            &self.scope.region,
            self.input.request(),
        )
    }

    fn page(&self, secrets: &Secrets) -> Page {
        let key = self.input.sort_by.as_deref().and_then(SortKey::named);
        let is_descending = self.input.sort_order.as_deref() == Some("desc");
        let (page, next) = secrets.page(
            (key.unwrap_or_default(), is_descending),
            self.after.as_ref(),
            paging::items(self.input.max_results),
            |secret| self.listing.shows(secret),
        );
        let listed = |secret: &Secret| Details::listed(secret, self.settings);
        Page {
            next_token: next.map(|place| paging::token(&self.request(), &place)),
            secret_list: page.into_iter().map(listed).collect(),
        }
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
