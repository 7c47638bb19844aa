//! Reads bodies, up to a limit.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, header};
use http_body_util::BodyExt;

/// The longest body that is read, in bytes, but for those of Lambda: five events of 240 KB fit in,
/// escaped.
pub const BODY_LIMIT: usize = 4 << 20;

/// The longest body with a function's code: an archive of 50 MB in base64, and its members [R].
const CODE_LIMIT: usize = 70_167_211;

/// The longest event of a function that is looked at; the operation knows better.
const EVENT_LIMIT: usize = 7 << 20;

/// The longest body that is read of a request, in bytes.
pub(super) fn limit(head: &Parts) -> usize {
    match head.uri.path().strip_prefix("/2015-03-31/functions") {
        Some("") | Some("/") => CODE_LIMIT,
        Some(path) if path.ends_with("/code") => CODE_LIMIT,
        Some(path) if path.ends_with("/invocations") => EVENT_LIMIT,
        _ => BODY_LIMIT,
    }
}

/// How much of a body that is too long is read and thrown away besides the limit: a client that is
/// still writing when its connection closes would see a broken pipe instead of the answer.
pub(super) const DRAIN_LIMIT: usize = 16 << 20;

/// How long is waited for the next piece of a body. A client that sends nothing for so long is
/// taken to be gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It is longer than the limit.
    TooLarge,
    /// The client went away or fell silent, or its framing was broken.
    Broken,
}

/// Reads the whole body of a request.
pub(super) async fn read(head: &Parts, body: Body) -> Result<Bytes, BodyError> {
    let (announced, limit) = (announced_length(&head.headers), limit(head));
    if announced.is_some_and(|length| length > limit) {
        // A client that waits for `100 Continue` has not begun to write.
        if !head.headers.contains_key(header::EXPECT) {
            drain(body, limit + DRAIN_LIMIT).await;
        }
        return Err(BodyError::TooLarge);
    }
    collect(body, limit).await
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// What arrives in one piece is taken as it is, and for more no room is taken before it comes.
async fn collect(mut body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    while let Some(data) = next(&mut body).await? {
        if first.len().max(rest.len()) + data.len() > limit {
            drain(body, DRAIN_LIMIT).await;
            return Err(BodyError::TooLarge);
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if rest.is_empty() {
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}

/// The next piece; none at the end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, BodyError> {
    loop {
        let frame = tokio::time::timeout(PATIENCE, body.frame()).await;
        match frame.map_err(|_| BodyError::Broken)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(BodyError::Broken),
            // Trailers are of no consequence.
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

async fn drain(mut body: Body, limit: usize) {
    let mut drained = 0;
    while let Ok(Some(data)) = next(&mut body).await {
        drained += data.len();
        if drained > limit {
            return;
        }
    }
}
