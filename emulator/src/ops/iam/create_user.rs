//! CreateUser: a new user, without keys and without permissions.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::tags::{Keys, Tags};
use crate::wire::aws_query::Listed;

use super::input::{self, Tag, pairs};
use super::shape::{OneUser, UserShape};

/// CreateUser [M].
pub(super) struct CreateUser;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path: Option<String>,
    user_name: String,
    permissions_boundary: Option<String>,
    tags: Listed<Tag>,
}

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneUser;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneUser, ApiError> {
        input::refuse(input.permissions_boundary.as_ref(), "PermissionsBoundary")?;
        let name = input.user_name;
        let tags = Tags::new(pairs(input.tags), Keys::AnyCase)?;
        let place = input::place(cx, input.path.as_deref());
        let iam = world.iam.of(&cx.scope.account);
        iam.create_user(&name, &place, cx.entropy, cx.now)?;
        let user = iam.user_mut(&name)?;
        user.identity.tags = tags;
        Ok(OneUser {
            user: UserShape::from(&*user),
        })
    }
}
