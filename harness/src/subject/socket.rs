//! A websocket of a function that runs elsewhere. In the world it is one call, as in process: the
//! upgrade with its first question, and the first text that comes back.
//!
//! What a client says first is the same for all APIs [D], so that the call can be made at the
//! upgrade, where faults strike; a client that says something else hears nothing.

use axum::body::to_bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::request::Parts;
use http::{Response, StatusCode};
use keywheel_emulator::engine::Engine;
use keywheel_emulator::http::BODY_LIMIT;
use keywheel_emulator::invoke::{Answer, Dropped};
use keywheel_emulator::wire::request::Request;

/// What a client says first.
pub(super) const QUESTION: Bytes = Bytes::from_static(br#"{"type":"connection_init"}"#);

/// Is this a request for a websocket?
pub(super) fn is_asked_for(parts: &Parts) -> bool {
    Engine::is_connect(&Request {
        method: &parts.method,
        uri: &parts.uri,
        headers: &parts.headers,
        body: b"",
        caller: None,
    })
}

/// Opens the websocket if the world lets it be opened, and answers the question as the world did.
pub(super) async fn open(mut upgrade: WebSocketUpgrade, told: Response<Bytes>) -> Answer {
    if told.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(told);
    }
    let (head, text) = told.into_parts();
    if let Some(protocol) = head.headers.get(SEC_WEBSOCKET_PROTOCOL) {
        upgrade.set_selected_protocol(protocol.clone());
    }
    let response = upgrade.on_upgrade(move |socket| converse(socket, text));
    whole(response).await
}

/// Answers the question, and waits until the client leaves. No text at all means that the world
/// closes the websocket without one.
async fn converse(mut socket: WebSocket, text: Bytes) {
    let answer = String::from_utf8_lossy(&text).into_owned();
    while let Some(Ok(message)) = socket.recv().await {
        let is_question = matches!(&message, Message::Text(said) if is_the_question(said));
        if !is_question {
            continue;
        }
        if answer.is_empty() || socket.send(Message::text(answer.as_str())).await.is_err() {
            return;
        }
    }
}

fn is_the_question(said: &str) -> bool {
    let said: serde_json::Value = serde_json::from_str(said).unwrap_or_default();
    said["type"] == "connection_init"
}

/// The response with its body read.
pub(super) async fn whole(response: axum::response::Response) -> Answer {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| Dropped)?;
    Ok(Response::from_parts(head, body))
}
