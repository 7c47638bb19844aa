//! ListPolicyTags: the tags of a managed policy, by their keys.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input::ListOfPolicy;
use super::managed;
use super::shape::TagList;

/// ListPolicyTags [M].
pub(super) struct ListPolicyTags;

impl Operation for ListPolicyTags {
    const NAME: &'static str = "ListPolicyTags";
    const KIND: Kind = Kind::Read;
    type Input = ListOfPolicy;
    type Output = TagList;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfPolicy,
    ) -> Result<TagList, ApiError> {
        managed::check_arn(&input.policy_arn)?;
        let iam = world.iam.of(&cx.scope.account);
        let tags = &managed::find(iam, &input.policy_arn)?.tags;
        Ok(TagList::of(tags, &input.page)?)
    }
}
