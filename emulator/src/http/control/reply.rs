//! JSON in and out of the control plane, with errors that say what was expected.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::super::body::{self, BODY_LIMIT, BodyError};

/// A refusal: `{"error": "…"}`.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    error: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { status, error }
    }

    /// What was sent is not what is taken.
    pub(super) fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        json_response(self.status, &json!({ "error": self.error }))
    }
}

/// An answer with status 200.
pub(super) fn ok(value: &impl Serialize) -> Response {
    json_response(StatusCode::OK, value)
}

fn json_response(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("the control plane's answers have text keys");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Reads the body as JSON, whatever its content type says.
pub(super) async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let (head, body) = request.into_parts();
    let body = body::read(&head, body).await.map_err(|error| match error {
        BodyError::TooLarge => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {BODY_LIMIT} bytes"),
        ),
        BodyError::Broken => Problem::bad("the body broke off"),
    })?;
    serde_json::from_slice(&body).map_err(|error| Problem::bad(format!("bad JSON: {error}")))
}
