//! ListGroupsForUser: none ever, but Terraform asks before it deletes a user.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Members;

use super::input::ListOfUser;
use super::paging::page;

/// ListGroupsForUser [M].
pub(super) struct ListGroupsForUser;

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    groups: Members<String>,
    is_truncated: bool,
}

impl Operation for ListGroupsForUser {
    const NAME: &'static str = "ListGroupsForUser";
    const KIND: Kind = Kind::Read;
    type Input = ListOfUser;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfUser,
    ) -> Result<Output, ApiError> {
        world.iam.of(&cx.scope.account).user(&input.user_name)?;
        let page = page::<String>([], &input.page)?;
        Ok(Output {
            groups: page.entries,
            is_truncated: page.is_truncated,
        })
    }
}
