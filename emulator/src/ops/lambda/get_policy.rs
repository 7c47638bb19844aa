//! GetPolicy: who may invoke a function.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::LambdaError;

use super::input::{Named, place};
use super::policy;

/// GetPolicy [MODEL].
pub(super) struct GetPolicy;

/// Output: the policy, as JSON in a text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    policy: String,
    revision_id: String,
}

impl Operation for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const KIND: Kind = Kind::Read;
    type Input = Named;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Named) -> Result<Output, ApiError> {
        let reference = input.reference()?;
        let scope = place(world, cx, &reference, Self::NAME)?;
        let function = world.partition(&scope).lambda.get(&reference, &scope)?;
        let policy = function.policy(reference.qualifier.as_ref());
        let policy = policy.ok_or(LambdaError::PolicyNotFound)?.clone();
        Ok(Output {
            policy: policy::shown(&policy, &world.iam),
            revision_id: policy.revision_id,
        })
    }
}
