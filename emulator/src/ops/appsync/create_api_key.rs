//! CreateApiKey: makes a key of an API. It has no client token, so that every call makes one.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::api_key::{Attributes, OneKey};

/// CreateApiKey [MODEL].
pub(super) struct CreateApiKey;

/// Input: the API, and what the key shall be like.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(flatten)]
    attributes: Attributes,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for CreateApiKey {
    const NAME: &'static str = "CreateApiKey";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneKey;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OneKey, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let key = partition.appsync.create_key(
            &input.api_id,
            input.attributes.into(),
            cx.now,
            cx.entropy,
            &settings.appsync,
        )?;
        Ok(OneKey {
            api_key: key.into(),
        })
    }
}
