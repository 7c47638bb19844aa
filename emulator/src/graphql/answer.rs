//! Bodies and headers of the data plane.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use serde_json::json;

use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;
use crate::wire::service::Protocol;

use super::Answer;
use super::execute::Outcome;

/// What browsers may read of an answer [REC].
const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,\
                       Date,x-amz-schema-version";

/// The answer to a browser's question whether it may ask: yes to all that it asks for [REC; that it
/// is an echo is INF].
pub(crate) fn preflight(request: &Request<'_>) -> Answer {
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    allow_every_origin(headers);
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("172800"),
    );
    for (asked, allowed) in [
        (
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_ALLOW_METHODS,
        ),
        (
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
        ),
    ] {
        if let Some(value) = request.headers.get(asked) {
            headers.insert(allowed, value.clone());
        }
    }
    Answer {
        response,
        error: None,
    }
}

/// A GraphQL result, with errors or without: always 200 [REC].
pub(super) fn result(outcome: &Outcome) -> Answer {
    let body = serde_json::to_vec(outcome).expect("results have text keys and plain members");
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    allow_every_origin(headers);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    headers.insert(
        HeaderName::from_static("x-amzn-appsync-tokensconsumed"),
        HeaderValue::from_static("1"),
    );
    Answer {
        response,
        error: None,
    }
}

/// An answer that is no GraphQL result.
pub(super) fn refusal(error: &DataPlaneError) -> Answer {
    let wire_error = error.wire_error();
    let mut response = wire_error.response(Protocol::GraphQl);
    if is_compact(error) {
        let (message, code) = (json!(wire_error.message), json!(wire_error.code));
        let body = format!(r#"{{"errors":[{{"message":{message},"errorType":{code}}}]}}"#);
        *response.body_mut() = Bytes::from(body);
    }
    allow_every_origin(response.headers_mut());
    Answer {
        response,
        error: Some(wire_error.code),
    }
}

/// A 401 is laid out over several lines, with `errorType` first [REC]; a 400 for a body is recorded
/// on one line [REC].
fn is_compact(error: &DataPlaneError) -> bool {
    matches!(
        error,
        DataPlaneError::BodyEmpty | DataPlaneError::QueryUnparsable | DataPlaneError::UriInvalid
    )
}

/// Lets browsers of every origin read an answer [REC].
pub(crate) fn allow_every_origin(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}
