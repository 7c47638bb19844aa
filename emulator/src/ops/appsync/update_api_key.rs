//! UpdateApiKey: changes what is given of a key, an expired one included [DOCS].

use serde::Deserialize;

use crate::ids::{ApiId, ApiKeyId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::api_key::{Attributes, OneKey};

/// UpdateApiKey [MODEL].
pub(super) struct UpdateApiKey;

/// Input: the key, and what shall change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    id: String,
    #[serde(flatten)]
    attributes: Attributes,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for UpdateApiKey {
    const NAME: &'static str = "UpdateApiKey";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneKey;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneKey, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let key = partition.appsync.update_key(
            &input.api_id,
            &ApiKeyId::new(input.id),
            input.attributes.into(),
            cx.now,
            &settings.appsync,
        )?;
        Ok(OneKey {
            api_key: key.into(),
        })
    }
}
