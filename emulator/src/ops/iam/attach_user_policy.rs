//! AttachUserPolicy: attaches a managed policy to a user.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::AttachedToUser;
use super::managed;
use super::shape::Empty;

/// AttachUserPolicy [M].
pub(super) struct AttachUserPolicy;

impl Operation for AttachUserPolicy {
    const NAME: &'static str = "AttachUserPolicy";
    const KIND: Kind = Kind::Write;
    type Input = AttachedToUser;
    type Output = Empty;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: AttachedToUser,
    ) -> Result<Empty, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        iam.user(&input.user_name)?;
        let policy = managed::attachable(iam, &input.policy_arn)?.clone();
        let identity = &mut iam.user_mut(&input.user_name)?.identity;
        identity.attach(&policy, "PoliciesPerUser")?;
        Ok(Empty {})
    }
}
