//! PublishVersion: keeps what `$LATEST` is under a number.

use std::sync::Arc;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::{LambdaError, Revised};
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
        let latest = function.latest();
        check_revision(
            input.revision_id.as_ref(),
            &latest.revision_id,
            Revised::Function,
        )?;
        let actual = &latest.code.sha256;
        if let Some(asked) = input.code_sha256.filter(|asked| asked != actual) {
            let actual = actual.clone();
            return Err(LambdaError::CodeDiffers { asked, actual }.into());
        }
        let description = input.description.filter(|text| !text.is_empty());
        let (version, configuration) = function.publish(description, cx.entropy);
        let configuration = Arc::clone(configuration);
        Ok(ConfigurationShape::new(
            function.arn_of(&version),
            (version, &configuration),
            Progress::Done,
        ))
    }
}
