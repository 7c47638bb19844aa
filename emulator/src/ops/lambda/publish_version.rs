//! PublishVersion: keeps what `$LATEST` is under a number.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::revision;
use crate::wire::validate::{Constrained, Violations, between};

use super::configuration::{ConfigurationShape, Progress};
use super::input::{self, check_name, check_revision};

/// PublishVersion [MODEL].
pub(super) struct PublishVersion;

/// Input: the function, and what it is expected to be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        violations.optional_text("description", self.description.as_ref(), between(0, 256));
    }
}

impl Operation for PublishVersion {
    const NAME: &'static str = "PublishVersion";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 201;
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
        let sha256 = &function.latest().code.sha256;
        if input.code_sha256.is_some_and(|asked| asked != *sha256) {
            return Err(LambdaError::CodeDiffers.into());
        }
        let description = input.description.filter(|text| !text.is_empty());
        let (version, configuration) = function.publish(description, revision(cx.entropy));
        let configuration = configuration.clone();
        Ok(ConfigurationShape::new(
            function,
            (version, &configuration),
            Progress::Done,
        ))
    }
}
