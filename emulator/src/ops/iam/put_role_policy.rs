//! PutRolePolicy: gives a role an inline policy, in the place of one of that name.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::policy_document::Form;

use super::policy;
use super::shape::Empty;

/// PutRolePolicy [M].
pub(super) struct PutRolePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutRolePolicy {
    const NAME: &'static str = "PutRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let name = input.policy_name;
        let text = policy::read(input.policy_document, Form::Identity)?;
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.identity.inline.insert(name, text);
        Ok(Empty {})
    }
}
