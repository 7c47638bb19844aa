//! Reads bodies, up to a limit.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, header};
use http_body_util::BodyExt;

/// The longest body that is read, in bytes: five events of 240 KB fit in, escaped.
pub const BODY_LIMIT: usize = 4 << 20;

/// How much of a body that is too long is read and thrown away: a client that is still writing
/// when its connection closes would see a broken pipe instead of the answer.
pub(super) const DRAIN_LIMIT: usize = 16 << 20;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It is longer than [`BODY_LIMIT`].
    TooLarge,
    /// The client went away, or its framing was broken.
    Broken,
}

/// Reads the whole body of a request.
pub(super) async fn read(head: &Parts, body: Body) -> Result<Bytes, BodyError> {
    let announced = announced_length(&head.headers);
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        // A client that waits for `100 Continue` has not begun to write.
        if !head.headers.contains_key(header::EXPECT) {
            drain(body).await;
        }
        return Err(BodyError::TooLarge);
    }
    let capacity = announced.unwrap_or(0);
    collect(body, capacity).await
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

async fn collect(mut body: Body, capacity: usize) -> Result<Bytes, BodyError> {
    let mut whole = BytesMut::with_capacity(capacity);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        if whole.len() + data.len() > BODY_LIMIT {
            drain(body).await;
            return Err(BodyError::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > DRAIN_LIMIT {
            return;
        }
    }
}
