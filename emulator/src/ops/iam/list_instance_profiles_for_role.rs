//! ListInstanceProfilesForRole: none ever, but Terraform asks before it deletes a role.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Members;

use super::input::ListOfRole;
use super::paging::page;

/// ListInstanceProfilesForRole [M].
pub(super) struct ListInstanceProfilesForRole;

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    instance_profiles: Members<String>,
    is_truncated: bool,
}

impl Operation for ListInstanceProfilesForRole {
    const NAME: &'static str = "ListInstanceProfilesForRole";
    const KIND: Kind = Kind::Read;
    type Input = ListOfRole;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfRole,
    ) -> Result<Output, ApiError> {
        world.iam.of(&cx.scope.account).role(&input.role_name)?;
        let page = page::<String>([], &input.page)?;
        Ok(Output {
            instance_profiles: page.entries,
            is_truncated: page.is_truncated,
        })
    }
}
