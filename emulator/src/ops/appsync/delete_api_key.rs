//! DeleteApiKey: deletes a key; a second time it is not found [IaC].

use serde::Deserialize;

use crate::ids::{ApiId, ApiKeyId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::Empty;

/// DeleteApiKey [MODEL].
pub(super) struct DeleteApiKey;

/// Input: the key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    id: String,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for DeleteApiKey {
    const NAME: &'static str = "DeleteApiKey";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let key = ApiKeyId::new(input.id);
        let appsync = &mut partition.appsync;
        appsync.delete_key(&input.api_id, &key, cx.now, &settings.appsync)?;
        Ok(Empty {})
    }
}
