//! ListRoleTags: the tags of a role, by their keys.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfRole;
use super::shape::TagList;

/// ListRoleTags [M].
pub(super) struct ListRoleTags;

impl Operation for ListRoleTags {
    const NAME: &'static str = "ListRoleTags";
    const KIND: Kind = Kind::Read;
    type Input = ListOfRole;
    type Output = TagList;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfRole,
    ) -> Result<TagList, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let tags = &iam.role(&input.role_name)?.identity.tags;
        Ok(TagList::of(tags, &input.page)?)
    }
}
