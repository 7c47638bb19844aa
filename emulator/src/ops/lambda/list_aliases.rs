//! ListAliases: the names of a function's versions.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations, between};

use super::alias::{self, AliasShape};
use super::input::{self, check_name};
use super::page::page;

/// ListAliases [MODEL].
pub(super) struct ListAliases;

/// Input: the function, perhaps one version of it, and the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        if let Some(version) = &self.function_version {
            alias::check_version(violations, version);
        }
        violations.number("maxItems", self.max_items, between(1, 10_000));
    }
}

/// Output: the aliases of the page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    aliases: Vec<AliasShape>,
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let function = world.partition(&scope).lambda.get(&reference, &scope)?;
        let wanted = input.function_version.as_deref().and_then(alias::version);
        let aliases = function.aliases();
        let aliases = aliases.filter(|(_, it)| wanted.is_none_or(|wanted| it.version == wanted));
        let shapes = aliases.map(|(name, alias)| AliasShape::new(function, name, alias));
        let marker = input.marker.as_deref();
        let (aliases, next_marker) = page(shapes.collect(), marker, input.max_items);
        Ok(Output {
            next_marker,
            aliases,
        })
    }
}
