//! CreateAlias: a name for a version.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::function::{Alias, Version};
use crate::state::lambda::reference::Qualifier;
use crate::state::lambda::revision;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::alias::{self, AliasShape, RoutingShape};
use super::input::{self, check_name};

/// CreateAlias [MODEL].
pub(super) struct CreateAlias;

/// Input: the function, the name, and the version.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    #[serde(default)]
    name: Required<String>,
    #[serde(default)]
    function_version: Required<String>,
    description: Option<String>,
    routing_config: Option<RoutingShape>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        violations.present("name", &self.name);
        if self.name.is_present() {
            alias::check_name(violations, &self.name);
        }
        violations.present("functionVersion", &self.function_version);
        if self.function_version.is_present() {
            alias::check_version(violations, &self.function_version);
        }
        violations.optional_text("description", self.description.as_ref(), between(0, 256));
        if let Some(routing) = &self.routing_config {
            routing.check(violations);
        }
    }
}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 201;
    type Input = Input;
    type Output = AliasShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<AliasShape, ApiError> {
        // A function that is not there is missed with the version [R].
        let version = Qualifier::parse(&input.function_version);
        let reference = input::reference(&input.function_name, version)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let functions = &mut world.partition(&scope).lambda;
        let function = functions.get_mut(&reference, &scope)?;
        let version = alias::version(&input.function_version).unwrap_or(Version::Latest);
        let alias = Alias {
            version,
            description: input.description.unwrap_or_default(),
            route: input.routing_config.unwrap_or_default().route()?,
            revision_id: revision(cx.entropy),
        };
        let alias = function.create_alias(&input.name, alias)?.clone();
        Ok(AliasShape::new(function, &input.name, &alias))
    }
}
