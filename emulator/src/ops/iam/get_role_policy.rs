//! GetRolePolicy: an inline policy of a role, percent-encoded.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::Kind as Of;

use super::input::InlineOfRole;
use super::policy::encoded;

/// GetRolePolicy [M].
pub(super) struct GetRolePolicy;

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetRolePolicy {
    const NAME: &'static str = "GetRolePolicy";
    const KIND: Kind = Kind::Read;
    type Input = InlineOfRole;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: InlineOfRole,
    ) -> Result<Output, ApiError> {
        let role = world.iam.of(&cx.scope.account).role(&input.role_name)?;
        let policy = role
            .identity
            .inline_policy(Of::RolePolicy, &input.policy_name)?;
        Ok(Output {
            role_name: role.identity.name.clone(),
            policy_name: input.policy_name,
            policy_document: encoded(&policy.text),
        })
    }
}
