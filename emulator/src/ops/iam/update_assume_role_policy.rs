//! UpdateAssumeRolePolicy: who may assume a role from now on.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::policy_document::Form;
use crate::wire::validate::{Constrained, Violations};

use super::shape::Empty;
use super::{input, policy};

/// UpdateAssumeRolePolicy [M].
pub(super) struct UpdateAssumeRolePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: Required<String>,
    policy_document: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_role_name(violations, &self.role_name);
        input::check_document(violations, &self.policy_document);
    }
}

impl Operation for UpdateAssumeRolePolicy {
    const NAME: &'static str = "UpdateAssumeRolePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let trust = policy::read(input.policy_document.into_inner(), Form::Trust)?;
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.trust = trust;
        Ok(Empty {})
    }
}
