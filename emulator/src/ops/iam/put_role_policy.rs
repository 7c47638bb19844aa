//! PutRolePolicy: gives a role an inline policy, in the place of one of that name.

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

/// PutRolePolicy [M].
pub(super) struct PutRolePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: Required<String>,
    policy_name: Required<String>,
    policy_document: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_role_name(violations, &self.role_name);
        input::check_policy_name(violations, &self.policy_name);
        input::check_document(violations, &self.policy_document);
    }
}

impl Operation for PutRolePolicy {
    const NAME: &'static str = "PutRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let name = input.policy_name.into_inner();
        check_name("policyName", &name)?;
        let text = policy::read(input.policy_document.into_inner(), Form::Identity)?;
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.identity.inline.insert(name, text);
        Ok(Empty {})
    }
}
