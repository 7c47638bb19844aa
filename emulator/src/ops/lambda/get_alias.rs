//! GetAlias: the version that a name stands for.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::alias::{self, AliasShape};
use super::input::{self, check_name};

/// GetAlias [MODEL].
pub(super) struct GetAlias;

/// Input: the function and the name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    function_name: String,
    name: String,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        alias::check_name(violations, &self.name);
    }
}

impl Operation for GetAlias {
    const NAME: &'static str = "GetAlias";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = AliasShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<AliasShape, ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let function = world.partition(&scope).lambda.get(&reference, &scope)?;
        let alias = function.alias(&input.name)?;
        Ok(AliasShape::new(function, &input.name, alias))
    }
}
