//! UpdateFunctionCode: other code for `$LATEST`.

use std::sync::Arc;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::Revised;
use crate::state::lambda::function::Version;
use crate::state::lambda::revision;
use crate::wire::validate::{Constrained, Violations};

use super::configuration::{ConfigurationShape, Progress};
use super::create_function::{CodeShape, check_architectures};
use super::input::{self, check_name, check_revision};

/// UpdateFunctionCode [MODEL].
pub(super) struct UpdateFunctionCode;

/// Input: the function and its code.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    #[serde(flatten)]
    code: CodeShape,
    architectures: Option<Vec<String>>,
    publish: Option<bool>,
    dry_run: Option<bool>,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        if let Some(list) = &self.architectures {
            check_architectures(violations, list);
        }
    }
}

impl Operation for UpdateFunctionCode {
    const NAME: &'static str = "UpdateFunctionCode";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ConfigurationShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<ConfigurationShape, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let functions = &mut world.partition(&scope).lambda;
        let function = functions.created_mut(&reference, &scope)?;
        let latest = &function.latest().revision_id;
        check_revision(input.revision_id.as_ref(), latest, Revised::Function)?;
        let code = input.code.into_code()?;
        if input.dry_run != Some(true) {
            let revision_id = revision(cx.entropy);
            let architecture = input.architectures.and_then(|list| list.into_iter().next());
            function.change(|latest| {
                latest.code = code;
                if let Some(architecture) = architecture {
                    latest.architecture = architecture;
                }
                latest.last_modified = cx.now;
                latest.revision_id = revision_id;
            });
        }
        if input.publish == Some(true) {
            // The version that was published is told of, which comes to be just now [R].
            let (version, published) = function.publish(None, cx.entropy);
            let published = Arc::clone(published);
            let arn = function.arn_of(&version);
            let version = (version, &*published);
            return Ok(ConfigurationShape::new(arn, version, Progress::Creating));
        }
        let latest = (Version::Latest, &**function.latest());
        let arn = function.arn.clone();
        let answer = ConfigurationShape::new(arn, latest, Progress::Updating);
        let settled = revision(cx.entropy);
        function.change(|latest| latest.revision_id = settled);
        Ok(answer)
    }
}
