//! GetFunctionCodeSigningConfig: whose code a function takes. Every function here takes anybody's.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::input::{self, check_namespaced};

/// GetFunctionCodeSigningConfig [MODEL].
pub(super) struct GetFunctionCodeSigningConfig;

/// Input: the function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_namespaced(violations, &self.function_name);
    }
}

/// Output: without a configuration only the function's name [D].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    function_name: String,
}

impl Operation for GetFunctionCodeSigningConfig {
    const NAME: &'static str = "GetFunctionCodeSigningConfig";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        world.partition(&scope).lambda.get(&reference, &scope)?;
        Ok(Output {
            function_name: reference.name,
        })
    }
}
