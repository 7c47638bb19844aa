//! ListFunctions: all functions, in pages.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::function::Version;
use crate::wire::validate::{Constrained, Violations, between};

use super::configuration::{ConfigurationShape, Progress};

/// ListFunctions [MODEL].
pub(super) struct ListFunctions;

/// Input: the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    marker: Option<String>,
    max_items: Option<i64>,
    function_version: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.number("maxItems", self.max_items, between(1, 10_000));
        violations.one_of("functionVersion", self.function_version.as_ref(), &["ALL"]);
    }
}

/// Output: the functions of the page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    functions: Vec<ConfigurationShape>,
}

/// How many functions a page has at most, whatever is asked for [D].
const PAGE: usize = 50;

impl Operation for ListFunctions {
    const NAME: &'static str = "ListFunctions";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// The marker is the name of the last function of the page before.
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let asked = input.max_items.and_then(|max| usize::try_from(max).ok());
        let items_max = asked.unwrap_or(PAGE).min(PAGE);
        let has_all_versions = input.function_version.is_some();
        let after = input.marker.as_deref();
        let functions = &cx.partition(world).lambda;
        let mut rest = functions
            .iter()
            .filter(|(name, _)| after.is_none_or(|after| *name > after));
        let page: Vec<_> = rest.by_ref().take(items_max).collect();
        let last = page.last().map(|(name, _)| (*name).to_owned());
        let next_marker = rest.next().and(last);
        let of_page = page.iter().flat_map(|(_, function)| {
            let versions = function.versions();
            let wanted =
                versions.filter(|(version, _)| has_all_versions || *version == Version::Latest);
            wanted.map(move |(version, configuration)| {
                let arn = if has_all_versions {
                    function.arn_of(&version)
                } else {
                    function.arn.clone()
                };
                ConfigurationShape::new(arn, (version, configuration), Progress::Listed)
            })
        });
        Ok(Output {
            next_marker,
            functions: of_page.collect(),
        })
    }
}
