//! DeleteChannelNamespace: deletes a channel namespace; a second time it is not found [MODEL].

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::Empty;
use super::channel_namespace::check_name;

/// DeleteChannelNamespace [MODEL].
pub(super) struct DeleteChannelNamespace;

/// Input: the namespace.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    name: String,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_name(&self.name, violations);
    }
}

impl Operation for DeleteChannelNamespace {
    const NAME: &'static str = "DeleteChannelNamespace";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let events = &mut cx.partition(world).appsync.events;
        let api = events.get_mut(&input.api_id)?;
        api.delete_namespace(&input.name)?;
        Ok(Empty {})
    }
}
