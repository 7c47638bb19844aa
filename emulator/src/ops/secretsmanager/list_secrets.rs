//! ListSecrets: the secrets of the caller's account and Region that all filters let through.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::filter::{Filter, FilterKey};
use crate::state::secrets::secret::Secret;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::details::Details;
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

/// A filter on the wire.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct FilterShape {
    key: Required<String>,
    values: Required<Vec<String>>,
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    secret_list: Vec<Details>,
}

const SORT_KEYS: [&str; 4] = [
    "created-date",
    "last-accessed-date",
    "last-changed-date",
    "name",
];
const VALUE_PATTERN: &str = r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$";

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        paging::check(violations, self.max_results, self.next_token.as_ref());
        violations.one_of("sortOrder", self.sort_order.as_ref(), &["asc", "desc"]);
        violations.one_of("sortBy", self.sort_by.as_ref(), &SORT_KEYS);
        for (number, filter) in (1..).zip(self.filters.iter().flatten()) {
            filter.check(violations, &format!("filters.{number}.member"));
        }
        let filters = self.filters.as_deref().unwrap_or_default();
        violations.items("filters", filters, between(0, 10));
    }
}

impl FilterShape {
    fn check(&self, violations: &mut Violations, path: &str) {
        let keys = FilterKey::NAMES.map(|(name, _)| name);
        let (key, values) = (format!("{path}.key"), format!("{path}.values"));
        violations.present(&key, &self.key);
        if self.key.is_present() {
            violations.one_of(&key, Some(&self.key), &keys);
        }
        violations.present(&values, &self.values);
        if self.values.is_present() {
            violations.items(&values, &self.values, between(1, 10));
        }
        for (number, value) in (1..).zip(self.values.iter()) {
            let path = format!("{values}.{number}.member");
            violations.text(&path, value, between(0, 512));
            let is_met = value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " :_@/+=.-!".contains(c));
            violations.pattern(&path, value, VALUE_PATTERN, is_met);
        }
    }

    fn filter(&self) -> Option<Filter> {
        Some(Filter {
            key: FilterKey::named(&self.key)?,
            values: self.values.to_vec(),
        })
    }
}

impl Operation for ListSecrets {
    const NAME: &'static str = "ListSecrets";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let filters: Vec<Filter> = input
            .filters
            .iter()
            .flatten()
            .filter_map(FilterShape::filter)
            .collect();
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let is_planned_in = input.include_planned_deletion.unwrap_or(false);
        let is_listed = |secret: &&Secret| {
            (is_planned_in || secret.deletion().is_none())
                && filters.iter().all(|filter| filter.matches(secret))
        };
        let mut found: Vec<&Secret> = partition.secrets.iter().filter(is_listed).collect();
        sort(
            &mut found,
            input.sort_by.as_deref(),
            input.sort_order.as_deref(),
        );
        let request = (&cx.scope.account, &cx.scope.region, input.request());
        let token = input.next_token.as_deref();
        let page = paging::page(found, &request, input.max_results, token)?;
        let listed = |secret: &Secret| Details::listed(secret, settings.secrets);
        Ok(Output {
            next_token: page.next_token,
            secret_list: page.items.into_iter().map(listed).collect(),
        })
    }
}

impl Input {
    /// What a page's token is bound to.
    fn request(&self) -> impl Serialize + '_ {
        let filters = self.filters.iter().flatten();
        let filters: Vec<_> = filters
            .map(|filter| (filter.key.as_str(), filter.values.as_slice()))
            .collect();
        (
            "ListSecrets",
            self.include_planned_deletion,
            &self.sort_by,
            &self.sort_order,
            filters,
        )
    }
}

/// Oldest first unless the request says otherwise [R].
fn sort(secrets: &mut [&Secret], by: Option<&str>, order: Option<&str>) {
    match by {
        Some("name") => secrets.sort_by_key(|secret| &secret.name),
        Some("last-changed-date") => secrets.sort_by_key(|secret| secret.last_changed),
        Some("last-accessed-date") => secrets.sort_by_key(|secret| secret.last_accessed_day),
        _ => secrets.sort_by_key(|secret| secret.created),
    }
    if order == Some("desc") {
        secrets.reverse();
    }
}
