//! The protocol of Event APIs: which frame is answered by which.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::state::appsync::channel::ChannelPattern;
use crate::state::appsync::event_api::EventApi;
use crate::state::appsync::event_config::EventAction;
use crate::wire::error_code::realtime::RealtimeError;

use super::Surroundings;
use super::credential::{self, Shown};
use super::frame::{self, KEEP_ALIVE, ServerFrame};
use super::publish;
use super::socket::{Note, Reaction};

/// The subscriptions of a socket.
type Subscriptions = BTreeMap<String, ChannelPattern>;

/// How long the id of an operation may be, in characters [DOCS-mem].
pub(super) const ID_CHARS_MAX: usize = 128;

/// What a client sent: a JSON object, or something else, which is as an object without members.
pub(super) struct ClientFrame(pub(super) Map<String, Value>);

impl ClientFrame {
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The id of the operation: 1 to 128 letters, digits, `_`, `+` and `-` [DOCS-mem].
    pub(super) fn id(&self) -> Result<&str, RealtimeError> {
        let is_of_id =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-');
        self.text("id")
            .filter(|id| (1..=ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(is_of_id))
            .ok_or(RealtimeError::IdInvalid)
    }

    /// The credential that each operation shows again [DOCS].
    fn shown(&self) -> Shown {
        let object = self.0.get("authorization").and_then(Value::as_object);
        object.map(Shown::in_object).unwrap_or_default()
    }
}

/// Answers a frame.
pub(super) fn receive(
    subscriptions: &mut Subscriptions,
    api: &EventApi,
    text: &str,
    around: &mut Surroundings<'_>,
) -> Reaction {
    let sent = ClientFrame::read(text);
    match sent.text("type") {
        Some("connection_init") => acknowledge(around),
        Some("subscribe") => {
            let result = subscribe(subscriptions, api, &sent, around);
            told(
                &sent,
                "EventSubscribe",
                ("subscribe_success", "subscribe_error"),
                result,
            )
        }
        Some("unsubscribe") => {
            let result = unsubscribe(subscriptions, &sent);
            let kinds = ("unsubscribe_success", "unsubscribe_error");
            told(&sent, "EventUnsubscribe", kinds, result)
        }
        Some("publish") => publish(api, &sent, around),
        _ => refuse("error", None, "EventFrame", RealtimeError::OperationUnknown),
    }
}

/// `connection_ack` and, at once, the first sign of life [REC for GraphQL; INF here].
fn acknowledge(around: &Surroundings<'_>) -> Reaction {
    let timeout = around.world.settings.appsync.events.connection_timeout_ms;
    let ack = ServerFrame {
        kind: "connection_ack",
        connection_timeout_ms: Some(timeout),
        ..ServerFrame::default()
    };
    Reaction {
        frames: vec![ack.text(), KEEP_ALIVE.to_owned()],
        ..Reaction::default()
    }
}

/// Credential first, then the request, then the limits of the socket [INF].
fn subscribe(
    subscriptions: &mut Subscriptions,
    api: &EventApi,
    sent: &ClientFrame,
    around: &Surroundings<'_>,
) -> Result<(), RealtimeError> {
    let settings = &around.world.settings.appsync;
    let pattern = sent.text("channel").map(ChannelPattern::parse);
    let readable = pattern.as_ref().and_then(|pattern| pattern.as_ref().ok());
    let found = readable.map(|pattern| api.namespaces.find(pattern.namespace()));
    let namespace = found.and_then(Result::ok);
    let (action, shown) = (EventAction::Subscribe, sent.shown());
    credential::check(api, action, namespace, &shown, around.now, settings)?;
    let id = sent.id()?;
    let pattern = pattern.ok_or(RealtimeError::MemberMissing("channel"))??;
    if namespace.is_none() {
        let name = pattern.namespace().to_owned();
        return Err(RealtimeError::NamespaceUnknown(name));
    }
    if subscriptions.contains_key(id) {
        return Err(RealtimeError::IdTaken(id.to_owned()));
    }
    let limit = settings.events.subscriptions_max;
    if subscriptions.len() >= limit {
        return Err(RealtimeError::TooManySubscriptions { limit });
    }
    subscriptions.insert(id.to_owned(), pattern);
    Ok(())
}

fn unsubscribe(subscriptions: &mut Subscriptions, sent: &ClientFrame) -> Result<(), RealtimeError> {
    let id = sent.id()?;
    match subscriptions.remove(id) {
        Some(_) => Ok(()),
        None => Err(RealtimeError::IdUnknown(id.to_owned())),
    }
}

fn publish(api: &EventApi, sent: &ClientFrame, around: &mut Surroundings<'_>) -> Reaction {
    let operation = "EventPublish";
    let published = sent.id().and_then(|id| {
        Ok((
            id,
            publish::publish(api, Ok(&sent.0), &sent.shown(), around)?,
        ))
    });
    match published {
        Ok((id, published)) => {
            let frame = ServerFrame {
                kind: "publish_success",
                id: Some(id),
                receipt: Some(&published.receipt),
                ..ServerFrame::default()
            };
            Reaction {
                frames: vec![frame.text()],
                note: Some(Note {
                    operation,
                    error: None,
                }),
                published: Some(published),
            }
        }
        Err(error) => refuse("publish_error", sent.text("id"), operation, error),
    }
}

fn told(
    sent: &ClientFrame,
    operation: &'static str,
    (success, failure): (&str, &str),
    result: Result<(), RealtimeError>,
) -> Reaction {
    match result {
        Ok(()) => Reaction {
            frames: vec![frame::success(success, sent.text("id").unwrap_or_default())],
            note: Some(Note {
                operation,
                error: None,
            }),
            published: None,
        },
        Err(error) => refuse(failure, sent.text("id"), operation, error),
    }
}

/// The id is repeated as it was sent, if it is one that could have been.
fn refuse(kind: &str, id: Option<&str>, operation: &'static str, error: RealtimeError) -> Reaction {
    let id = id.filter(|id| id.len() <= ID_CHARS_MAX);
    Reaction {
        frames: vec![frame::error(kind, id, &error)],
        note: Some(Note {
            operation,
            error: Some(error),
        }),
        published: None,
    }
}
