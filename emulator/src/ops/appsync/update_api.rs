//! UpdateApi: replaces the attributes of an Event API. What is not sent is reset, not kept [INF: the
//! model requires name and eventConfig]; tags cannot be sent.

use serde::Deserialize;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::event_api::{EventApiShape, OneEventApi};
use super::event_api_input;
use super::event_config::EventConfigShape;

/// UpdateApi [MODEL].
pub(super) struct UpdateApi;

/// Input: the API and its new attributes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(default)]
    name: Required<String>,
    owner_contact: Option<String>,
    event_config: Option<EventConfigShape>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        let (contact, config) = (self.owner_contact.as_ref(), self.event_config.as_ref());
        event_api_input::check(&self.name, contact, config, violations);
    }
}

impl Operation for UpdateApi {
    const NAME: &'static str = "UpdateApi";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OneEventApi;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<OneEventApi, ApiError> {
        let events = &mut cx.partition(world).appsync.events;
        events.get(&input.api_id)?;
        let definition =
            event_api_input::definition(input.name, input.owner_contact, input.event_config)?;
        let api = events.update(&input.api_id, definition)?;
        let api = EventApiShape::new(api, cx);
        Ok(OneEventApi { api })
    }
}
