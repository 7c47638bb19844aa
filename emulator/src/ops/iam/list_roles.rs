//! ListRoles: all roles under a path, on one page.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Members;
use crate::wire::validate::{Constrained, Violations};

use super::shape::RoleShape;

/// ListRoles [M].
pub(super) struct ListRoles;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path_prefix: Option<String>,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    roles: Members<RoleShape>,
    is_truncated: bool,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for ListRoles {
    const NAME: &'static str = "ListRoles";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let roles = world.iam.of(&cx.scope.account).roles();
        let found = roles.filter(|role| role.identity.path.starts_with(prefix));
        Ok(Output {
            roles: found.map(RoleShape::from).collect(),
            is_truncated: false,
        })
    }
}
