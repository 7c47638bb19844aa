//! CreateAlias: a name for a version.

use serde::{Deserialize, Serialize};

use crate::ids::FunctionArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::{Alias, Function, Version};
use crate::state::lambda::reference::Qualifier;
use crate::state::lambda::revision;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

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
    routing_config: Option<serde::de::IgnoredAny>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        violations.required_text("name", &self.name, between(1, 128));
        if self.name.is_present() {
            let is_met = matches!(Qualifier::parse(&self.name), Some(Qualifier::Alias(_)));
            violations.pattern("name", &self.name, "(?!^[0-9]+$)([a-zA-Z0-9-_]+)", is_met);
        }
        violations.required_text("functionVersion", &self.function_version, between(1, 1024));
        if self.function_version.is_present() {
            let is_met = version(&self.function_version).is_some();
            let pattern = "(\\$LATEST|[0-9]+)";
            violations.pattern("functionVersion", &self.function_version, pattern, is_met);
        }
        violations.optional_text("description", self.description.as_ref(), between(0, 256));
    }
}

fn version(text: &str) -> Option<Version> {
    match Qualifier::parse(text)? {
        Qualifier::Latest => Some(Version::Latest),
        Qualifier::Version(number) => Some(Version::Published(number)),
        Qualifier::Alias(_) => None,
    }
}

/// An alias on the wire [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AliasShape {
    alias_arn: FunctionArn,
    name: String,
    function_version: String,
    description: String,
    revision_id: String,
}

impl AliasShape {
    pub(super) fn new(function: &Function, name: &str, alias: &Alias) -> Self {
        Self {
            alias_arn: FunctionArn::new(format!("{}:{name}", function.arn)),
            name: name.to_owned(),
            function_version: alias.version.to_string(),
            description: alias.description.clone(),
            revision_id: alias.revision_id.clone(),
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
        if input.routing_config.is_some() {
            return Err(LambdaError::NotEmulated("RoutingConfig").into());
        }
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let functions = &mut world.partition(&scope).lambda;
        let function = functions.get_mut(&reference, &scope)?;
        let version = version(&input.function_version).unwrap_or(Version::Latest);
        let alias = Alias {
            version,
            description: input.description.unwrap_or_default(),
            revision_id: revision(cx.entropy),
        };
        let alias = function.create_alias(&input.name, alias)?.clone();
        Ok(AliasShape::new(function, &input.name, &alias))
    }
}
