//! How a run of a function ends, and how functions tell that they failed.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::state::rotations::StepFailure;

/// What a function returned, or how it failed.
pub type RunResult = Result<Bytes, FunctionFailure>;

/// What Lambda calls an answer that is too long [R].
const TOO_LARGE: &str = "Function.ResponseSizeTooLarge";

/// How a function failed.
#[derive(Clone, PartialEq, Eq)]
pub struct FunctionFailure {
    /// The type of the error, such as `Runtime.ExitError`.
    pub error_type: String,
    /// What it says.
    pub message: String,
    /// What whoever invoked the function is told.
    pub body: Bytes,
}

/// Without what the function said: it may hold a secret.
impl std::fmt::Debug for FunctionFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FunctionFailure({})", self.error_type)
    }
}

impl FunctionFailure {
    /// A failure that the service tells of.
    pub fn new(error_type: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let body = json!({ "errorType": error_type, "errorMessage": message });
        Self {
            error_type: error_type.to_owned(),
            body: Bytes::from(body.to_string()),
            message,
        }
    }

    /// The failure of a run whose answer is longer than one may be [R].
    pub(super) fn too_large(limit: usize) -> Self {
        let text = "Response payload size exceeded maximum allowed payload size";
        Self::new(TOO_LARGE, format!("{text} ({limit} bytes)."))
    }

    /// Was the answer too long?
    pub(super) fn is_too_large(&self) -> bool {
        self.error_type == TOO_LARGE
    }

    /// A failure that the function tells of; `named` is the type by other means.
    pub fn read(body: Bytes, named: Option<&str>) -> Self {
        let error = FunctionError::read(&body);
        let error_type = error.error_type.as_deref().or(named).unwrap_or("Unhandled");
        Self {
            error_type: error_type.to_owned(),
            message: error.error_message.unwrap_or_default(),
            body,
        }
    }

    /// The failure of a function that knows steps only.
    pub fn of(failure: StepFailure) -> Self {
        Self::new(&failure.error_type, failure.message)
    }

    /// The failure of the step that was run.
    pub fn into_step_failure(self) -> StepFailure {
        StepFailure {
            error_type: self.error_type,
            message: self.message,
        }
    }
}

/// The members of an error that functions write.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FunctionError {
    error_type: Option<String>,
    error_message: Option<String>,
}

impl FunctionError {
    /// Reads an error; what is not one tells nothing.
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// Does the body tell of an error at all?
    pub(super) fn is_error(&self) -> bool {
        self.error_message.is_some() || self.error_type.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_function_says_is_passed_on_as_it_is() {
        let body = Bytes::from_static(br#"{"errorType":"ValueError","errorMessage":"no","x":1}"#);
        let failure = FunctionFailure::read(body.clone(), Some("Other"));
        assert_eq!(
            (failure.error_type.as_str(), failure.message.as_str()),
            ("ValueError", "no")
        );
        assert_eq!(failure.body, body);
        let garbage = FunctionFailure::read(Bytes::from_static(b"<html>"), Some("Named"));
        assert_eq!(
            (garbage.error_type.as_str(), garbage.message.as_str()),
            ("Named", "")
        );
        assert!(!format!("{failure:?}").contains("no\""));
    }
}
