//! ListRoles: the roles under a path.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::role::Role;
use crate::wire::aws_query::Members;

use super::input::Page;
use super::paging::page;
use super::shape::RoleShape;

/// ListRoles [M].
pub(super) struct ListRoles;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    path_prefix: Option<String>,
    #[serde(flatten)]
    page: Page,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    roles: Members<RoleShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListRoles {
    const NAME: &'static str = "ListRoles";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let iam = world.iam.get(&cx.scope.account);
        let roles = iam.into_iter().flat_map(|iam| iam.roles());
        let found = roles.filter(|role| role.identity.path.starts_with(prefix));
        let shape = |role: &Role| {
            let shape = RoleShape::listed(role, &world.iam);
            (role.identity.name.clone(), shape)
        };
        let page = page(found.map(shape), &input.page)?;
        Ok(Output {
            roles: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}
