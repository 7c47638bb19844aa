//! The protocol of GraphQL APIs: which frame is answered by which.

use std::collections::BTreeMap;

use http::{Method, Uri};
use serde_json::{Value, json};

use crate::graphql::subscription::{self, Refused, Subscription};
use crate::state::appsync::graphql_api::GraphqlApi;
use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::Request;

use super::Surroundings;
use super::credential::Shown;
use super::events::{ClientFrame, ID_CHARS_MAX};
use super::frame::KEEP_ALIVE;
use super::socket::{Note, Reaction};

/// The subscriptions of a socket.
type Subscriptions = BTreeMap<String, Subscription>;

/// Answers a frame.
pub(super) fn receive(
    subscriptions: &mut Subscriptions,
    api: &GraphqlApi,
    text: &str,
    around: &Surroundings<'_>,
) -> Reaction {
    let sent = ClientFrame::read(text);
    match sent.text("type") {
        Some("connection_init") => acknowledge(around),
        Some("start") => match start(subscriptions, api, &sent, around) {
            Ok(id) => told(
                "GraphQLSubscribe",
                format!(r#"{{"id":{},"type":"start_ack"}}"#, json!(id)),
            ),
            Err(refused) => refuse(&sent, "GraphQLSubscribe", refused),
        },
        Some("stop") => match stop(subscriptions, &sent) {
            Ok(id) => told(
                "GraphQLStop",
                format!(r#"{{"id":{},"type":"complete"}}"#, json!(id)),
            ),
            Err(error) => refuse(&sent, "GraphQLStop", error.into()),
        },
        _ => refuse(
            &sent,
            "GraphQLFrame",
            RealtimeError::OperationUnknown.into(),
        ),
    }
}

/// `connection_ack` and, at once, the first sign of life [REC].
fn acknowledge(around: &Surroundings<'_>) -> Reaction {
    let timeout = around.world.settings.appsync.events.connection_timeout_ms;
    let ack =
        format!(r#"{{"type":"connection_ack","payload":{{"connectionTimeoutMs":{timeout}}}}}"#);
    Reaction {
        frames: vec![ack, KEEP_ALIVE.to_owned()],
        ..Reaction::default()
    }
}

/// Why a frame is refused.
enum Refusal {
    Realtime(RealtimeError),
    /// The errors of a GraphQL result.
    Errors(Value),
}

impl From<RealtimeError> for Refusal {
    fn from(error: RealtimeError) -> Self {
        Self::Realtime(error)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::DataPlane(error) => Self::Realtime(error.into()),
            Refused::NotASubscription => Self::Realtime(RealtimeError::NotASubscription),
            Refused::Errors(errors) => Self::Errors(errors),
        }
    }
}

/// `payload.data` is the body of a request over HTTP, and `payload.extensions.authorization` its
/// headers [DOCS], so it is checked as such a request.
fn start<'a>(
    subscriptions: &mut Subscriptions,
    api: &GraphqlApi,
    sent: &'a ClientFrame,
    around: &Surroundings<'_>,
) -> Result<&'a str, Refusal> {
    let id = sent.id()?;
    let payload = sent.0.get("payload");
    let data = payload.and_then(|payload| payload.get("data")?.as_str());
    let data = data.ok_or(RealtimeError::MemberMissing("payload.data"))?;
    let shown = payload.and_then(|payload| {
        let authorization = payload.get("extensions")?.get("authorization")?;
        Some(Shown::in_object(authorization.as_object()?))
    });
    let settings = &around.world.settings.appsync;
    let headers = shown.unwrap_or_default().to_headers();
    let request = Request {
        method: &Method::POST,
        uri: &Uri::from_static("/graphql"),
        headers: &headers,
        body: data.as_bytes(),
        caller: None,
    };
    let subscription = subscription::subscribe(api, &request, around.now, settings)?;
    if subscriptions.contains_key(id) {
        return Err(RealtimeError::IdTaken(id.to_owned()).into());
    }
    let limit = settings.events.subscriptions_max;
    if subscriptions.len() >= limit {
        return Err(RealtimeError::TooManySubscriptions { limit }.into());
    }
    subscriptions.insert(id.to_owned(), subscription);
    Ok(id)
}

fn stop<'a>(
    subscriptions: &mut Subscriptions,
    sent: &'a ClientFrame,
) -> Result<&'a str, RealtimeError> {
    let id = sent.id()?;
    let stopped = subscriptions.remove(id);
    stopped
        .map(|_| id)
        .ok_or_else(|| RealtimeError::IdUnknown(id.to_owned()))
}

fn told(operation: &'static str, frame: String) -> Reaction {
    Reaction {
        frames: vec![frame],
        note: Some(Note {
            operation,
            error: None,
        }),
        published: None,
    }
}

fn refuse(sent: &ClientFrame, operation: &'static str, refusal: Refusal) -> Reaction {
    let (errors, error) = match refusal {
        Refusal::Realtime(error) => (json!([error_of(&error)]), error),
        Refusal::Errors(errors) => (errors, RealtimeError::DocumentInvalid),
    };
    let mut frame = json!({ "type": "error", "payload": { "errors": errors } });
    if let Some(id) = sent.text("id").filter(|id| id.len() <= ID_CHARS_MAX) {
        frame["id"] = id.into();
    }
    Reaction {
        frames: vec![frame.to_string()],
        note: Some(Note {
            operation,
            error: Some(error),
        }),
        published: None,
    }
}

fn error_of(error: &RealtimeError) -> Value {
    let error = error.wire_error();
    json!({ "errorType": error.code, "message": error.message })
}

/// A `data` frame.
pub(super) fn data(id: &str, data: Value) -> String {
    json!({ "id": id, "type": "data", "payload": { "data": data } }).to_string()
}

/// The frame that a refused connection gets: with a number, and without a type for what is wrong
/// with subprotocols [REC].
pub(super) fn connection_error(error: &RealtimeError) -> String {
    let wire_error = error.wire_error();
    let mut told = error_of(error);
    told["errorCode"] = wire_error.status.as_u16().into();
    let of_protocol = [
        RealtimeError::ProtocolUnknown,
        RealtimeError::ProtocolMissing,
    ];
    if let (true, Some(members)) = (of_protocol.contains(error), told.as_object_mut()) {
        members.remove("errorType");
    }
    json!({ "payload": { "errors": [told] }, "type": "connection_error" }).to_string()
}
