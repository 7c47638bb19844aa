//! The errors of CloudWatch Logs: codes of the model, all with status 400.

use crate::state::logs::error::LogsError;

use super::WireError;

pub(super) fn wire_error(error: &LogsError) -> WireError {
    let (code, message) = match error {
        // [U]: both texts.
        LogsError::GroupNotFound => (
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        ),
        LogsError::StreamNotFound => (
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        ),
        // The texts of the following are not known [?].
        LogsError::Combination(text) => ("InvalidParameterException", *text),
        LogsError::TokenInvalid => (
            "InvalidParameterException",
            "The specified nextToken is invalid.",
        ),
        LogsError::PatternNotEmulated => {
            let text = "Filter patterns in braces, brackets and percent signs are not emulated: \
                        use words and quoted phrases.";
            return WireError::new("NotImplemented", 501, text);
        }
    };
    WireError::new(code, 400, message)
}
