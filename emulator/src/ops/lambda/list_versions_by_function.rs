//! ListVersionsByFunction: `$LATEST` and all published versions.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations, between};

use super::configuration::{ConfigurationShape, Progress};
use super::input::{self, check_namespaced};
use super::page::page;

/// ListVersionsByFunction [MODEL].
pub(super) struct ListVersionsByFunction;

/// Input: the function and the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_namespaced(violations, &self.function_name);
        violations.number("maxItems", self.max_items, between(1, 10_000));
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    versions: Vec<ConfigurationShape>,
}

impl Operation for ListVersionsByFunction {
    const NAME: &'static str = "ListVersionsByFunction";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let function = world.partition(&scope).lambda.get(&reference, &scope)?;
        let shape = |(version, configuration)| {
            let arn = function.arn_of(&version);
            ConfigurationShape::new(arn, (version, configuration), Progress::Listed)
        };
        let versions = function.versions().map(|(version, it)| (version, &**it));
        let marker = input.marker.as_deref();
        let (versions, next_marker) = page(versions.collect(), marker, input.max_items);
        Ok(Output {
            next_marker,
            versions: versions.into_iter().map(shape).collect(),
        })
    }
}
