//! What a client gets back.

use serde_json::Value;

use super::stage::Stage;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The body as it came.
    pub(crate) text: String,
    /// What the client makes of it; of a refusal, `__type` and `Message`.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn error_code(&self) -> Option<&str> {
        self.body["__type"].as_str()
    }

    pub(crate) fn message(&self) -> Option<&str> {
        self.body["Message"].as_str()
    }
}

impl Stage {
    /// Calls an operation that must succeed.
    pub(crate) fn must(&mut self, operation: &str, request: Value) -> Value {
        let answer = self.call(operation, request);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text);
        answer.body
    }
}
