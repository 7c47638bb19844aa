//! A websocket without a socket: the rotator's question is one call, the first text its answer.
//!
//! The call is the upgrade, with the question as its body, which no upgrade on a wire has. So it
//! waits for its turn, is struck by faults and is recorded as every other call.

use bytes::Bytes;
use http::header::{CONNECTION, HOST, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use keywheel_rotator::socket::{Answer, Asking, Question, Sockets};

use super::CallerScope;
use super::wire::{Broken, Wire, outlive};

impl Sockets for Wire {
    fn ask(&self, question: Question) -> Asking<'_> {
        Box::pin(async move {
            let Some((parts, message)) = upgrade(question) else {
                return Answer::Unreachable;
            };
            let scope = CallerScope::current();
            let carried = self.pass(parts, message, scope.as_ref()).await;
            match outlive(carried, scope).await {
                Ok(response) => answer(&response),
                Err(Broken::Off) => Answer::Closed,
                Err(Broken::Never) => Answer::Unreachable,
            }
        })
    }
}

/// The upgrade that asks a question; none if its URL is none.
fn upgrade(question: Question) -> Option<(Parts, Bytes)> {
    let uri: Uri = question.url.parse().ok()?;
    let offers: Vec<&str> = question
        .protocols
        .iter()
        .map(|offer| offer.as_str())
        .collect();
    let mut protocols = HeaderValue::from_str(&offers.join(", ")).ok()?;
    protocols.set_sensitive(true);
    let request = Request::builder()
        .method(Method::GET)
        .uri(uri.path())
        .header(HOST, uri.authority()?.as_str())
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_PROTOCOL, protocols)
        .body(Bytes::from(question.message));
    Some(request.ok()?.into_parts())
}

fn answer(response: &http::Response<Bytes>) -> Answer {
    match (response.status(), &response.body()[..]) {
        (StatusCode::SWITCHING_PROTOCOLS, b"") => Answer::Closed,
        (StatusCode::SWITCHING_PROTOCOLS, text) => {
            Answer::Text(String::from_utf8_lossy(text).into_owned())
        }
        (status, _) => Answer::Status(status.as_u16()),
    }
}
