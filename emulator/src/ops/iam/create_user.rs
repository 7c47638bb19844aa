//! CreateUser: a new user, without keys and without permissions.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Listed;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input::{self, Tag};
use super::shape::{OneUser, UserShape};

/// CreateUser [M].
pub(super) struct CreateUser;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path: Option<String>,
    user_name: Required<String>,
    permissions_boundary: Option<String>,
    tags: Listed<Tag>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_user_name(violations, &self.user_name);
    }
}

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneUser;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneUser, ApiError> {
        input::refuse(input.permissions_boundary.as_ref(), "PermissionsBoundary")?;
        let name = input.user_name.into_inner();
        let place = input::place(cx, "userName", &name, input.path.as_deref())?;
        let iam = world.iam.of(&cx.scope.account);
        iam.create_user(&name, &place, cx.entropy, cx.now)?;
        let user = iam.user_mut(&name)?;
        user.identity.tags = input.tags.0.into_iter().map(Tag::into_pair).collect();
        Ok(OneUser {
            user: UserShape::from(&*user),
        })
    }
}
