//! GetChannelNamespace: a channel namespace of an Event API.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::channel_namespace::{NamespaceShape, OneNamespace, check_name};

/// GetChannelNamespace [MODEL].
pub(super) struct GetChannelNamespace;

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

impl Operation for GetChannelNamespace {
    const NAME: &'static str = "GetChannelNamespace";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = OneNamespace;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<OneNamespace, ApiError> {
        let api = cx.partition(world).appsync.events.get(&input.api_id)?;
        let namespace = api.namespaces.find(&input.name)?;
        let channel_namespace = NamespaceShape::new(namespace, &api.id, cx.scope);
        Ok(OneNamespace { channel_namespace })
    }
}
