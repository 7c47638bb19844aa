//! GetPolicy: a managed policy without its text.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::OfPolicy;
use super::managed;
use super::shape::{OnePolicy, PolicyShape};

/// GetPolicy [M].
pub(super) struct GetPolicy;

impl Operation for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const KIND: Kind = Kind::Read;
    type Input = OfPolicy;
    type Output = OnePolicy;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: OfPolicy,
    ) -> Result<OnePolicy, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        let policy = managed::find(iam, &input.policy_arn)?;
        Ok(OnePolicy {
            policy: PolicyShape::whole(policy, iam.attachments(&policy.arn)),
        })
    }
}
