//! ListVersionsByFunction: `$LATEST` and all published versions.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations, between};

use super::configuration::{ConfigurationShape, Progress};
use super::input::{self, check_name};

/// ListVersionsByFunction [MODEL].
pub(super) struct ListVersionsByFunction;

/// Input: the function. All versions come in one page; a marker is never given out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    max_items: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        violations.number("maxItems", self.max_items, between(1, 10_000));
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
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
            ConfigurationShape::new(function, (version, configuration), Progress::Done)
        };
        let versions = function.versions().map(|(version, it)| (version, &**it));
        Ok(Output {
            versions: versions.map(shape).collect(),
        })
    }
}
