//! What is sent over a socket of an Event API, with the members in the order of the documentation.

use serde::Serialize;

use crate::wire::error_code::realtime::RealtimeError;

use super::publish::Receipt;

/// The sign of life, the same in both protocols [REC].
pub const KEEP_ALIVE: &str = r#"{"type":"ka"}"#;

/// A frame from the server.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerFrame<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) connection_timeout_ms: Option<i64>,
    /// An event, as the text that was published: clients parse it again [MEAS].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<&'a Receipt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<[FrameError; 1]>,
}

/// An error in a frame; Event APIs send no number with it [MEAS: a client's source says so].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameError {
    error_type: String,
    message: String,
}

impl From<&RealtimeError> for FrameError {
    fn from(error: &RealtimeError) -> Self {
        let wire_error = error.wire_error();
        Self {
            error_type: wire_error.code.into_owned(),
            message: wire_error.message,
        }
    }
}

impl ServerFrame<'_> {
    /// The text of the frame.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("frames have text keys and plain members")
    }
}

/// A frame that tells of an error.
pub(super) fn error(kind: &str, id: Option<&str>, error: &RealtimeError) -> String {
    let frame = ServerFrame {
        kind,
        id,
        errors: Some([error.into()]),
        ..ServerFrame::default()
    };
    frame.text()
}

/// A frame that tells that an operation succeeded.
pub(super) fn success(kind: &str, id: &str) -> String {
    let frame = ServerFrame {
        kind,
        id: Some(id),
        ..ServerFrame::default()
    };
    frame.text()
}
