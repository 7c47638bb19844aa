//! DeleteAlias: takes a name from a version.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::alias;
use super::input::{self, check_name};

/// DeleteAlias [MODEL].
pub(super) struct DeleteAlias;

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

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 204;
    type Input = Input;
    type Output = ();

    /// One that is not there is gone already [R].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let reference = input::reference(&input.function_name, None)?;
        let scope = input::place(world, cx, &reference, Self::NAME)?;
        let functions = &mut world.partition(&scope).lambda;
        functions
            .get_mut(&reference, &scope)?
            .delete_alias(&input.name);
        Ok(())
    }
}
