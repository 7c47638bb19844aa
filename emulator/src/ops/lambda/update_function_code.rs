//! UpdateFunctionCode: other code for `$LATEST`.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::function::Version;
use crate::state::lambda::revision;
use crate::wire::validate::{Constrained, Violations};

use super::configuration::{ConfigurationShape, Progress};
use super::create_function::CodeShape;
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
    publish: Option<bool>,
    dry_run: Option<bool>,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
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
        check_revision(input.revision_id.as_ref(), &function.latest().revision_id)?;
        let code = input.code.into_code()?;
        if input.dry_run != Some(true) {
            let revision_id = revision(cx.entropy);
            function.change(|latest| {
                latest.code = code;
                latest.last_modified = cx.now;
                latest.revision_id = revision_id;
            });
        }
        if input.publish == Some(true) {
            function.publish(None, revision(cx.entropy));
        }
        let latest = (Version::Latest, &**function.latest());
        let answer = ConfigurationShape::new(function, latest, Progress::Updating);
        let settled = revision(cx.entropy);
        function.change(|latest| latest.revision_id = settled);
        Ok(answer)
    }
}
