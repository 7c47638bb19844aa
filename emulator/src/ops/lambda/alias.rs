//! Aliases on the wire: what requests say of one, and what answers tell.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::FunctionArn;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::{Alias, Function, Route, Version};
use crate::state::lambda::reference::Qualifier;
use crate::wire::validate::{Violations, between};

/// What an alias's name must be [MODEL].
const NAME_PATTERN: &str = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";

pub(super) fn check_name(violations: &mut Violations, name: &str) {
    violations.text("name", name, between(1, 128));
    let is_met = Qualifier::is_alias_name(name);
    violations.pattern("name", name, NAME_PATTERN, is_met);
}

pub(super) fn check_version(violations: &mut Violations, text: &str) {
    violations.text("functionVersion", text, between(1, 1024));
    let pattern = "(\\$LATEST|[0-9]+)";
    let is_met = version(text).is_some();
    violations.pattern("functionVersion", text, pattern, is_met);
}

/// A version by its name.
pub(super) fn version(text: &str) -> Option<Version> {
    match Qualifier::parse(text)? {
        Qualifier::Latest => Some(Version::Latest),
        Qualifier::Version(number) => Some(Version::Published(number)),
        Qualifier::Alias(_) => None,
    }
}

/// `{"AdditionalVersionWeights": {"2": 0.2}}`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RoutingShape {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    additional_version_weights: BTreeMap<String, f64>,
}

impl RoutingShape {
    /// In the words of the framework for maps [R].
    pub(super) fn check(&self, violations: &mut Violations) {
        let path = "routingConfig.additionalVersionWeights";
        let weights = &self.additional_version_weights;
        let shown: Vec<String> = weights.iter().map(|(k, v)| format!("{k}={v:?}")).collect();
        let shown = format!("'{{{}}}'", shown.join(", "));
        let is_number =
            |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !weights.keys().all(is_number) {
            let rule = "Map keys must satisfy constraint: [Member must have length less than or \
                        equal to 1024, Member must have length greater than or equal to 1, Member \
                        must satisfy regular expression pattern: [0-9]+]";
            violations.add_as_told(&shown, path, rule);
        }
        if !weights.values().all(|weight| (0.0..=1.0).contains(weight)) {
            let rule = "Map value must satisfy constraint: [Member must have value less than or \
                        equal to 1.0, Member must have value greater than or equal to 0.0, Member \
                        must not be null]";
            violations.add_as_told(&shown, path, rule);
        }
    }

    /// The route that is meant; an empty map is none [R].
    pub(super) fn route(&self) -> Result<Option<Route>, LambdaError> {
        let mut weights = self.additional_version_weights.iter();
        let Some((version, weight)) = weights.next() else {
            return Ok(None);
        };
        if weights.next().is_some() {
            return Err(LambdaError::RoutesTooMany);
        }
        Ok(Some(Route {
            // Digits were checked; more of them than a version has name none.
            version: version.parse().unwrap_or(u64::MAX),
            weight: *weight,
        }))
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
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_config: Option<RoutingShape>,
    revision_id: String,
}

impl AliasShape {
    pub(super) fn new(function: &Function, name: &str, alias: &Alias) -> Self {
        let routing = |route: Route| RoutingShape {
            additional_version_weights: BTreeMap::from([(route.version.to_string(), route.weight)]),
        };
        Self {
            alias_arn: function.arn_of(&name),
            name: name.to_owned(),
            function_version: alias.version.to_string(),
            description: alias.description.clone(),
            routing_config: alias.route.map(routing),
            revision_id: alias.revision_id.clone(),
        }
    }
}
