//! GetUserPolicy: an inline policy of a user, percent-encoded.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::Kind as Of;

use super::input::InlineOfUser;
use super::policy::encoded;

/// GetUserPolicy [M].
pub(super) struct GetUserPolicy;

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetUserPolicy {
    const NAME: &'static str = "GetUserPolicy";
    const KIND: Kind = Kind::Read;
    type Input = InlineOfUser;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: InlineOfUser,
    ) -> Result<Output, ApiError> {
        let user = world.iam.of(&cx.scope.account).user(&input.user_name)?;
        let policy = user
            .identity
            .inline_policy(Of::UserPolicy, &input.policy_name)?;
        Ok(Output {
            user_name: user.identity.name.clone(),
            policy_name: input.policy_name,
            policy_document: encoded(&policy.text),
        })
    }
}
