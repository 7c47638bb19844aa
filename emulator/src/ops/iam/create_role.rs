//! CreateRole: a new role, with the policy that says who may assume it.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::role::{DEFAULT_SESSION_SECONDS, NewRole};
use crate::wire::aws_query::{Listed, Parsed};
use crate::wire::payload::Required;
use crate::wire::policy_document::Form;
use crate::wire::validate::{Constrained, Violations, between};

use super::input::{Tag, check_range};
use super::shape::OneRole;
use super::{input, policy};

/// CreateRole [M].
pub(super) struct CreateRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path: Option<String>,
    role_name: Required<String>,
    assume_role_policy_document: Required<String>,
    description: Option<String>,
    max_session_duration: Option<Parsed<u32>>,
    permissions_boundary: Option<String>,
    tags: Listed<Tag>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_role_name(violations, &self.role_name);
        violations.present(
            "assumeRolePolicyDocument",
            &self.assume_role_policy_document,
        );
        violations.optional_text("description", self.description.as_ref(), between(0, 1000));
    }
}

impl Operation for CreateRole {
    const NAME: &'static str = "CreateRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneRole;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneRole, ApiError> {
        input::refuse(input.permissions_boundary.as_ref(), "PermissionsBoundary")?;
        let name = input.role_name.into_inner();
        let place = input::place(cx, "roleName", &name, input.path.as_deref())?;
        let trust = policy::read(input.assume_role_policy_document.into_inner(), Form::Trust)?;
        let seconds = input.max_session_duration;
        let seconds = seconds.map_or(DEFAULT_SESSION_SECONDS, |Parsed(seconds)| seconds);
        check_range("maxSessionDuration", seconds, 3600, 43_200)?;
        let new = NewRole {
            name,
            trust,
            description: input.description,
            max_session_seconds: seconds,
            tags: input.tags.0.into_iter().map(Tag::into_pair).collect(),
        };
        let iam = world.iam.of(&cx.scope.account);
        let role = iam.create_role(new, &place, cx.entropy, cx.now)?;
        Ok(OneRole { role: role.into() })
    }
}
