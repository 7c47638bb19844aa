//! The shape of an Event API on the wire.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ops::Context;
use crate::state::appsync::event_api::EventApi;
use crate::wire::epoch::EpochSeconds;

use super::event_config::EventConfigShape;
use super::tagging::api_arn;

/// The answer of CreateApi, GetApi and UpdateApi.
#[derive(Debug, Serialize)]
pub(super) struct OneEventApi {
    pub(super) api: EventApiShape,
}

/// An Event API as clients see it [MODEL].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventApiShape {
    api_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_contact: Option<String>,
    tags: BTreeMap<String, String>,
    dns: Domains,
    api_arn: String,
    created: EpochSeconds,
    xray_enabled: bool,
    event_config: EventConfigShape,
}

/// Where an API answers; clients append `/event` and `/event/realtime` [DOCS].
#[derive(Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Domains {
    realtime: String,
    http: String,
}

impl EventApiShape {
    /// An API as it looks to the caller of an operation.
    pub(super) fn new(api: &EventApi, cx: &Context<'_>) -> Self {
        let definition = &api.definition;
        let domain = domain(api, cx.authority);
        Self {
            api_id: api.id.as_str().to_owned(),
            name: definition.name.clone(),
            owner_contact: definition.owner_contact.clone(),
            tags: api.tags.all().clone(),
            dns: Domains {
                realtime: domain.clone(),
                http: domain,
            },
            api_arn: api_arn(&api.id, cx.scope),
            created: EpochSeconds(api.created_at),
            xray_enabled: false,
            event_config: (&definition.event_config).into(),
        }
    }
}

/// The model has no URLs for Event APIs, only domains, of which clients make URLs. AWS's do not lead
/// to the emulator, so the authority that the client reached it at stands there, and the label
/// behind it: `http://` + domain + `/event` is where it answers. It answers at the hosts of AWS too,
/// if they are made to lead to it.
fn domain(api: &EventApi, authority: &str) -> String {
    format!("{authority}/{}", api.host)
}
