//! UpdateChannelNamespace: replaces what the owner set of a channel namespace. What is not sent is
//! reset, not kept [INF].

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::channel_namespace::{NamespaceInput, NamespaceShape, OneNamespace};

/// UpdateChannelNamespace [MODEL].
pub(super) struct UpdateChannelNamespace;

impl Operation for UpdateChannelNamespace {
    const NAME: &'static str = "UpdateChannelNamespace";
    const KIND: Kind = Kind::Write;
    type Input = NamespaceInput;
    type Output = OneNamespace;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        mut input: NamespaceInput,
    ) -> Result<OneNamespace, ApiError> {
        let events = &mut cx.partition(world).appsync.events;
        let (id, name) = (input.api_id.clone(), std::mem::take(&mut input.name));
        let api = events.get_mut(&id)?;
        let namespace = api.update_namespace(&name, input.into(), cx.now)?;
        let channel_namespace = NamespaceShape::new(namespace, &id, cx.scope);
        Ok(OneNamespace { channel_namespace })
    }
}
