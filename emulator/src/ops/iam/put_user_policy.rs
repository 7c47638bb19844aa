//! PutUserPolicy: gives a user an inline policy, in the place of one of that name.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::names::check_name;
use crate::wire::payload::Required;
use crate::wire::policy_document::Form;
use crate::wire::validate::{Constrained, Violations};

use super::shape::Empty;
use super::{input, policy};

/// PutUserPolicy [M].
pub(super) struct PutUserPolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    user_name: Required<String>,
    policy_name: Required<String>,
    policy_document: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_user_name(violations, &self.user_name);
        input::check_policy_name(violations, &self.policy_name);
        input::check_document(violations, &self.policy_document);
    }
}

impl Operation for PutUserPolicy {
    const NAME: &'static str = "PutUserPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let name = input.policy_name.into_inner();
        check_name("policyName", &name)?;
        let text = policy::read(input.policy_document.into_inner(), Form::Identity)?;
        let user = world.iam.of(&cx.scope.account).user_mut(&input.user_name)?;
        user.identity.inline.insert(name, text);
        Ok(Empty {})
    }
}
