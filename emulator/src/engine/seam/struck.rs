//! What a fault makes of a call, before its effect or of its answer.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::fault::{Span, Verdict};
use crate::time::Timestamp;
use crate::wire::error_code::{Injected, WireError};
use crate::wire::request::{Ending, Outcome};

use super::Call;

/// What a fault before the effect makes of a call.
pub(super) enum Struck {
    Answer(Response<Bytes>),
    Ending(Ending),
}

pub(super) fn struck_before(verdict: Verdict, call: Call) -> Option<Struck> {
    let error = |injected| {
        let error = WireError::injected(injected, call.service, call.operation);
        Some(Struck::Answer(error.response(call.protocol)))
    };
    match verdict {
        Verdict::Reset => Some(Struck::Ending(Ending::Dropped)),
        Verdict::Unreachable => Some(Struck::Ending(Ending::Unreachable)),
        Verdict::Hang | Verdict::Late(_) => Some(Struck::Ending(Ending::Silence)),
        Verdict::KillBefore => Some(Struck::Ending(Ending::Killed)),
        Verdict::Panic => Some(Struck::Ending(Ending::Panicked)),
        Verdict::Freeze(span) => Some(Struck::Ending(Ending::Frozen(span))),
        Verdict::Error500 => error(Injected::Internal),
        Verdict::Error502 => Some(Struck::Answer(page(502))),
        Verdict::Error503 => error(Injected::Unavailable),
        Verdict::Error504 => Some(Struck::Answer(page(504))),
        Verdict::Page200 => Some(Struck::Answer(page(200))),
        Verdict::Throttled => error(Injected::Throttled),
        Verdict::ThrottledFor(span) => {
            let mut response = throttled(call);
            let millis = HeaderValue::from(span.as_millis());
            response.headers_mut().insert("x-amz-retry-after", millis);
            Some(Struck::Answer(response))
        }
        Verdict::Limit429 => error(Injected::LimitExceeded),
        Verdict::Quota => error(Injected::Quota),
        Verdict::KmsDenied => error(Injected::KmsDenied),
        Verdict::KmsUnusable => error(Injected::KmsUnusable),
        Verdict::Conflict => error(Injected::Conflict),
        Verdict::Unauthorized => error(Injected::Unauthorized),
        Verdict::Forbidden => error(Injected::Forbidden),
        _ => None,
    }
}

fn throttled(call: Call) -> Response<Bytes> {
    WireError::injected(Injected::Throttled, call.service, call.operation).response(call.protocol)
}

/// What something between client and service answers.
fn page(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"<html><body>gateway</body></html>"));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let html = HeaderValue::from_static("text/html");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// The time that an answer's `Date` shows.
pub(super) fn shown_at(verdict: Option<Verdict>, now: Timestamp) -> Timestamp {
    let millis = |span: Span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    match verdict {
        Some(Verdict::DateAhead(span)) => now.plus_millis(millis(span)),
        Some(Verdict::DateBehind(span)) => now.plus_millis(-millis(span)),
        _ => now,
    }
}

/// What a fault after the effect leaves of an answer.
pub(super) fn struck_after(
    verdict: Option<Verdict>,
    response: Response<Bytes>,
    call: Call,
) -> Outcome {
    match verdict {
        Some(Verdict::AnswerLost) => Outcome::ending(Ending::Dropped),
        Some(Verdict::AnswerHang) => Outcome::ending(Ending::Silence),
        Some(Verdict::KillAfter) => Outcome::ending(Ending::Killed),
        Some(Verdict::Answer500) => {
            let error = WireError::injected(Injected::Internal, call.service, call.operation);
            Outcome::reply(error.response(call.protocol))
        }
        Some(Verdict::AnswerTruncated) => Outcome::reply(response.map(|body| {
            let half = body.len() / 2;
            body.slice(..half)
        })),
        Some(Verdict::AnswerNotJson) => {
            Outcome::reply(response.map(|body| [b"<html>".as_slice(), &body].concat().into()))
        }
        Some(Verdict::AnswerEmpty) => Outcome::reply(response.map(|_| Bytes::from_static(b"{}"))),
        Some(Verdict::AnswerAsText) => {
            let mut response = response;
            let html = HeaderValue::from_static("text/html");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            Outcome::reply(response)
        }
        Some(Verdict::Delay(span)) => Outcome {
            after: Duration::from_millis(span.as_millis()),
            ..Outcome::reply(response)
        },
        _ => Outcome::reply(response),
    }
}
