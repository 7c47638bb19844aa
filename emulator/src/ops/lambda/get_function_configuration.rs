//! GetFunctionConfiguration: what a version of a function is.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::configuration::{ConfigurationShape, Progress};
use super::input::{Named, place};

/// GetFunctionConfiguration [MODEL].
pub(super) struct GetFunctionConfiguration;

impl Operation for GetFunctionConfiguration {
    const NAME: &'static str = "GetFunctionConfiguration";
    const KIND: Kind = Kind::Read;
    type Input = Named;
    type Output = ConfigurationShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Named,
    ) -> Result<ConfigurationShape, ApiError> {
        let reference = input.reference()?;
        let scope = place(world, cx, &reference, Self::NAME)?;
        let function = world.partition(&scope).lambda.get(&reference, &scope)?;
        let version = function.version(reference.qualifier.as_ref());
        let version = version.ok_or_else(|| reference.not_found(&scope))?;
        let version = (version.0, &**version.1);
        Ok(ConfigurationShape::new(function, version, Progress::Done))
    }
}
