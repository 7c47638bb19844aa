//! PutUserPolicy: gives a user an inline policy, in the place of one of that name.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::policy_document::Form;

use super::policy;
use super::shape::Empty;

/// PutUserPolicy [M].
pub(super) struct PutUserPolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutUserPolicy {
    const NAME: &'static str = "PutUserPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let name = input.policy_name;
        let text = policy::read(input.policy_document, Form::Identity)?;
        let user = world.iam.of(&cx.scope.account).user_mut(&input.user_name)?;
        user.identity.inline.insert(name, text);
        Ok(Empty {})
    }
}
