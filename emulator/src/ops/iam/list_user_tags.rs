//! ListUserTags: the tags of a user, by their keys.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfUser;
use super::shape::TagList;

/// ListUserTags [M].
pub(super) struct ListUserTags;

impl Operation for ListUserTags {
    const NAME: &'static str = "ListUserTags";
    const KIND: Kind = Kind::Read;
    type Input = ListOfUser;
    type Output = TagList;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfUser,
    ) -> Result<TagList, ApiError> {
        let iam = world.iam.of(&cx.scope.account);
        let tags = &iam.user(&input.user_name)?.identity.tags;
        Ok(TagList::of(tags, &input.page)?)
    }
}
