//! GetFunctionConfiguration: what a version of a function is.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::configuration::{ConfigurationShape, Progress};
use super::input::Named;

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
        let found = input.version(world, cx, Self::NAME)?;
        let version = (found.version, found.configuration);
        Ok(ConfigurationShape::new(found.arn, version, Progress::Done))
    }
}
