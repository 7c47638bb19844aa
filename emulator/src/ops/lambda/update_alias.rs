//! UpdateAlias: another version under the same name.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::{LambdaError, Revised};
use crate::state::lambda::revision;
use crate::wire::validate::{Constrained, Violations, between};

use super::alias::{self, AliasShape, RoutingShape};
use super::input::{self, check_name, check_revision};

/// UpdateAlias [MODEL].
pub(super) struct UpdateAlias;

/// Input: the function, the name, and what shall be otherwise.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<RoutingShape>,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        alias::check_name(violations, &self.name);
        if let Some(version) = &self.function_version {
            alias::check_version(violations, version);
        }
        violations.optional_text("description", self.description.as_ref(), between(0, 256));
        if let Some(routing) = &self.routing_config {
            routing.check(violations);
        }
    }
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = AliasShape;

    /// What is not given stays; routing that is given empty is none [R].
    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<AliasShape, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let functions = &mut world.partition(&scope).lambda;
        let function = functions.get_mut(&reference, &scope)?;
        let missing = LambdaError::ChangedAliasNotFound(function.arn_of(&input.name));
        let mut changed = function.alias(&input.name).map_err(|_| missing)?.clone();
        let latest = &changed.revision_id;
        check_revision(input.revision_id.as_ref(), latest, Revised::Function)?;
        if let Some(version) = input.function_version.as_deref().and_then(alias::version) {
            changed.version = version;
        }
        if let Some(description) = input.description {
            changed.description = description;
        }
        if let Some(routing) = input.routing_config {
            changed.route = routing.route()?;
        }
        changed.revision_id = revision(cx.entropy);
        function.update_alias(&input.name, changed.clone())?;
        Ok(AliasShape::new(function, &input.name, &changed))
    }
}
