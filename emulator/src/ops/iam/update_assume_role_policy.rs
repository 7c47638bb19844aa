//! UpdateAssumeRolePolicy: who may assume a role from now on.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::policy;
use super::shape::Empty;

/// UpdateAssumeRolePolicy [M].
pub(super) struct UpdateAssumeRolePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    policy_document: String,
}

impl Operation for UpdateAssumeRolePolicy {
    const NAME: &'static str = "UpdateAssumeRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let trust = policy::read_trust(input.policy_document, world)?;
        policy::check_size(&trust, "ACLSizePerRole", policy::TRUST_LIMIT)?;
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.trust = trust;
        Ok(Empty {})
    }
}
