//! A publish to a channel of an Event API, over HTTP or over a socket.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::graphql::{Answer, allow_every_origin, preflight};
use crate::state::appsync::channel::Channel;
use crate::state::appsync::event_api::EventApi;
use crate::state::appsync::event_config::EventAction;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::Request;
use crate::wire::service::Protocol;

use super::Surroundings;
use super::credential::{self, Shown};

/// How many events a request may have [DOCS].
const EVENTS_MAX: usize = 5;

/// How long an event may be, in bytes: 240 KB [DOCS], of 1,024 bytes each [?].
const EVENT_BYTES_MAX: usize = 240 * 1024;

/// What a publish tells its publisher [DOCS].
#[derive(Debug, Default, Serialize)]
pub(super) struct Receipt {
    failed: Vec<Failed>,
    successful: Vec<Successful>,
}

/// An event that went out.
#[derive(Debug, Serialize)]
struct Successful {
    identifier: String,
    /// Its place in the request.
    index: usize,
}

/// An event that did not. Only identifier and index are known of it [MEAS: a client's source].
#[derive(Debug, Serialize)]
struct Failed {
    identifier: String,
    index: usize,
    code: u16,
    message: String,
}

/// Events that go out, and what their publisher is told.
pub(super) struct Published {
    /// Where to.
    pub(super) channel: Channel,
    /// The events, each a JSON text.
    pub(super) events: Vec<String>,
    /// For the publisher.
    pub(super) receipt: Receipt,
}

/// Checks the credential, then the request, then each event by itself: one that is no JSON text or
/// is too long fails alone [?]; everything else refuses the whole request [?].
pub(super) fn publish(
    api: &EventApi,
    members: Result<&Map<String, Value>, RealtimeError>,
    shown: &Shown,
    around: &mut Surroundings<'_>,
) -> Result<Published, RealtimeError> {
    let text = members
        .as_ref()
        .ok()
        .and_then(|members| members.get("channel")?.as_str());
    let channel = text.map(Channel::parse);
    let namespace = channel.as_ref().and_then(|channel| channel.as_ref().ok());
    let namespace = namespace.map(|channel| api.namespaces.find(channel.namespace()));
    let known = namespace
        .as_ref()
        .and_then(|found| found.as_ref().ok().copied());
    let settings = &around.world.settings.appsync;
    credential::check(
        api,
        EventAction::Publish,
        known,
        shown,
        around.now,
        settings,
    )?;
    let events = members?.get("events").and_then(Value::as_array);
    let channel = channel.ok_or(RealtimeError::MemberMissing("channel"))??;
    if known.is_none() {
        let name = channel.namespace().to_owned();
        return Err(RealtimeError::NamespaceUnknown(name));
    }
    let events = events.ok_or(RealtimeError::MemberMissing("events"))?;
    if !(1..=EVENTS_MAX).contains(&events.len()) {
        return Err(RealtimeError::EventCount { limit: EVENTS_MAX });
    }
    let texts: Option<Vec<&str>> = events.iter().map(Value::as_str).collect();
    let texts = texts.ok_or(RealtimeError::MemberMissing("events"))?;
    Ok(sorted(channel, &texts, around))
}

/// Takes the events that can go out.
fn sorted(channel: Channel, texts: &[&str], around: &mut Surroundings<'_>) -> Published {
    let (mut receipt, mut events) = (Receipt::default(), Vec::new());
    for (index, text) in texts.iter().enumerate() {
        let identifier = around.ids.uuid().to_string();
        match check_event(text) {
            Ok(()) => {
                events.push((*text).to_owned());
                receipt.successful.push(Successful { identifier, index });
            }
            Err(error) => {
                let error = error.wire_error();
                receipt.failed.push(Failed {
                    identifier,
                    index,
                    code: error.status.as_u16(),
                    message: error.message,
                });
            }
        }
    }
    Published {
        channel,
        events,
        receipt,
    }
}

fn check_event(text: &str) -> Result<(), RealtimeError> {
    if text.len() > EVENT_BYTES_MAX {
        let limit = EVENT_BYTES_MAX;
        return Err(RealtimeError::EventTooLong { limit });
    }
    let read: Result<&RawValue, _> = serde_json::from_str(text);
    read.map(|_| ()).map_err(|_| RealtimeError::EventUnreadable)
}

/// Answers a request to `…/event`; besides, what it published.
pub fn respond(
    api: Option<&EventApi>,
    request: &Request<'_>,
    around: &mut Surroundings<'_>,
) -> (Answer, Option<(Channel, Vec<String>)>) {
    if request.method == Method::OPTIONS {
        return (preflight(request), None);
    }
    match serve(api, request, around) {
        Ok(published) => {
            let answer = receipt(&published.receipt);
            (answer, Some((published.channel, published.events)))
        }
        Err(error) => (refusal(&error), None),
    }
}

fn serve(
    api: Option<&EventApi>,
    request: &Request<'_>,
    around: &mut Surroundings<'_>,
) -> Result<Published, RealtimeError> {
    let api = api.ok_or(DataPlaneError::HostUnknown)?;
    if request.method != Method::POST {
        return Err(RealtimeError::MethodUnknown);
    }
    let read: Result<Map<String, Value>, _> = serde_json::from_slice(request.body);
    let members = read.as_ref().map_err(|_| RealtimeError::BodyUnreadable);
    let shown = Shown::in_headers(request.headers);
    publish(api, members, &shown, around)
}

fn receipt(receipt: &Receipt) -> Answer {
    let body = serde_json::to_vec(receipt).expect("receipts have text keys and plain members");
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    allow_every_origin(headers);
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, json);
    Answer {
        response,
        error: None,
    }
}

/// The layout of the data plane's refusals [INF: the same front end].
pub fn refusal(error: &RealtimeError) -> Answer {
    let wire_error = error.wire_error();
    let mut response = wire_error.response(Protocol::GraphQl);
    allow_every_origin(response.headers_mut());
    Answer {
        response,
        error: Some(wire_error.code),
    }
}
