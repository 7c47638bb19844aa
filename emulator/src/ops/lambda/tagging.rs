//! What is tagged: a function, by its ARN [MODEL].

use crate::ops::Context;
use crate::state::World;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::Function;
use crate::wire::validate::{Violations, between};

use super::input;

/// What the ARN of something that has tags is, short [MODEL].
const RESOURCE_PATTERN: &str = "arn:(aws[a-zA-Z-]*):lambda:REGION:ACCOUNT:function:NAME";

pub(super) fn check_resource(violations: &mut Violations, resource: &str) {
    violations.text("resource", resource, between(1, 256));
    let is_met = resource.starts_with("arn:") && resource.contains(":function:");
    violations.pattern("resource", resource, RESOURCE_PATTERN, is_met);
}

/// The function of an ARN, of the caller's account and Region.
pub(super) fn tagged<'w>(
    world: &'w mut World,
    cx: &Context<'_>,
    resource: &str,
) -> Result<&'w mut Function, LambdaError> {
    let reference = input::reference(resource, None)?;
    let functions = &mut cx.partition(world).lambda;
    functions.get_mut(&reference, cx.scope)
}
