//! CreateRole: a new role, with the policy that says who may assume it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::role::{DEFAULT_SESSION_SECONDS, NewRole};
use crate::state::iam::tags::{Keys, Tags};
use crate::wire::aws_query::{Listed, Parsed};

use super::input::{self, Tag, pairs};
use super::policy;
use super::shape::{OneRole, RoleShape};

/// CreateRole [M].
pub(super) struct CreateRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<Parsed<u32>>,
    max_signin_session_duration: Option<IgnoredAny>,
    permissions_boundary: Option<String>,
    tags: Listed<Tag>,
}

impl Operation for CreateRole {
    const NAME: &'static str = "CreateRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneRole;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneRole, ApiError> {
        input::refuse(input.permissions_boundary.as_ref(), "PermissionsBoundary")?;
        let signin = input.max_signin_session_duration.as_ref();
        input::refuse(signin, "MaxSigninSessionDuration")?;
        let name = input.role_name;
        let place = input::place(cx, input.path.as_deref());
        let trust = policy::read_trust(input.assume_role_policy_document, world)?;
        policy::check_size(&trust, "ACLSizePerRole", policy::TRUST_LIMIT)?;
        let seconds = input.max_session_duration;
        let new = NewRole {
            name: name.clone(),
            trust,
            description: input.description,
            max_session_seconds: seconds.map_or(DEFAULT_SESSION_SECONDS, |Parsed(it)| it),
            tags: Tags::new(pairs(input.tags), Keys::AnyCase)?,
        };
        let iam = world.iam.of(&cx.scope.account);
        iam.create_role(new, &place, cx.entropy, cx.now)?;
        let role = world.iam.of(&cx.scope.account).role(&name)?.clone();
        Ok(OneRole {
            role: RoleShape::made(&role, &world.iam),
        })
    }
}
