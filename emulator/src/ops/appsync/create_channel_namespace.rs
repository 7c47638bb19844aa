//! CreateChannelNamespace: makes a channel namespace of an Event API.

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::appsync::event_api::NewNamespace;
use crate::state::error::ApiError;

use super::channel_namespace::{NamespaceInput, NamespaceShape, OneNamespace};

/// CreateChannelNamespace [MODEL].
pub(super) struct CreateChannelNamespace;

impl Operation for CreateChannelNamespace {
    const NAME: &'static str = "CreateChannelNamespace";
    const KIND: Kind = Kind::Write;
    type Input = NamespaceInput;
    type Output = OneNamespace;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        mut input: NamespaceInput,
    ) -> Result<OneNamespace, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let api = partition.appsync.events.get_mut(&input.api_id)?;
        let id = input.api_id.clone();
        let new = NewNamespace {
            name: std::mem::take(&mut input.name).into_inner(),
            tags: input.tags.take().unwrap_or_default(),
            definition: input.into(),
        };
        let namespace = api.create_namespace(new, cx.now, cx.entropy, &settings.appsync)?;
        let channel_namespace = NamespaceShape::new(namespace, &id, cx.scope);
        Ok(OneNamespace { channel_namespace })
    }
}
