//! DeleteFunction: a function with all its versions, or one version.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::{Named, place};

/// DeleteFunction [MODEL].
pub(super) struct DeleteFunction;

impl Operation for DeleteFunction {
    const NAME: &'static str = "DeleteFunction";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 204;
    type Input = Named;
    type Output = ();

    /// A run that is in progress goes on to its end [?].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Named) -> Result<(), ApiError> {
        let reference = input.reference()?;
        let scope = place(world, cx, &reference, Self::NAME)?;
        Ok(world.partition(&scope).lambda.delete(&reference, &scope)?)
    }
}
