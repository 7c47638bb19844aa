//! CreateApi: makes an Event API, without channel namespaces and without keys.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::event_api::{EventApiShape, OneEventApi};
use super::event_api_input;
use super::event_config::EventConfigShape;
use super::tagging::check_tags;

/// CreateApi [MODEL].
pub(super) struct CreateApi;

/// Input: the attributes, and tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    #[serde(default)]
    name: Required<String>,
    owner_contact: Option<String>,
    event_config: Option<EventConfigShape>,
    tags: Option<BTreeMap<String, String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        let (contact, config) = (self.owner_contact.as_ref(), self.event_config.as_ref());
        event_api_input::check(&self.name, contact, config, violations);
        if let Some(tags) = &self.tags {
            check_tags(tags, violations);
        }
    }
}

impl Operation for CreateApi {
    const NAME: &'static str = "CreateApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneEventApi;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<OneEventApi, ApiError> {
        let definition =
            event_api_input::definition(input.name, input.owner_contact, input.event_config)?;
        let tags = input.tags.unwrap_or_default();
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let events = &mut partition.appsync.events;
        let api = events.create(definition, tags, cx.now, cx.entropy, &settings.appsync)?;
        let api = EventApiShape::new(api, cx);
        Ok(OneEventApi { api })
    }
}
