//! UpdateFunctionConfiguration: what `$LATEST` is run with.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::Revised;
use crate::state::lambda::function::Version;
use crate::state::lambda::revision;
use crate::state::lambda::runtime::Runtime;
use crate::wire::validate::{Constrained, Violations};

use super::configuration::{Attributes, ConfigurationShape, Progress};
use super::input::{self, check_name, check_revision};

/// UpdateFunctionConfiguration [MODEL].
pub(super) struct UpdateFunctionConfiguration;

/// Input: the function, and what shall be otherwise.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    #[serde(flatten)]
    attributes: Attributes,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        self.attributes.check(violations);
    }
}

impl Operation for UpdateFunctionConfiguration {
    const NAME: &'static str = "UpdateFunctionConfiguration";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ConfigurationShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<ConfigurationShape, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        if let Some(role) = &input.attributes.role {
            input::check_role(world, cx.scope, role)?;
        }
        let functions = &mut cx.partition(world).lambda;
        let function = functions.created_mut(&reference, cx.scope)?;
        let latest = &function.latest().revision_id;
        check_revision(input.revision_id.as_ref(), latest, Revised::Function)?;
        input.attributes.check_rules()?;
        let runtime = input
            .attributes
            .runtime
            .as_deref()
            .map(Runtime::parse)
            .transpose()?;
        let changed = revision(cx.entropy);
        function.change(|latest| {
            latest.runtime = runtime.unwrap_or_else(|| latest.runtime.clone());
            input.attributes.apply(latest, cx);
            latest.revision_id = changed;
        });
        let latest = (Version::Latest, &**function.latest());
        let arn = function.arn.clone();
        let answer = ConfigurationShape::new(arn, latest, Progress::Updating);
        let settled = revision(cx.entropy);
        function.change(|latest| latest.revision_id = settled);
        Ok(answer)
    }
}
