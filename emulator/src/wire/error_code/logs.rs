//! The errors of CloudWatch Logs: codes of the model, all with status 400.

use crate::state::logs::error::LogsError;

use super::WireError;

const INVALID: &str = "InvalidParameterException";
const EXISTS: &str = "ResourceAlreadyExistsException";
const NOT_FOUND: &str = "ResourceNotFoundException";

/// Texts as recorded in February 2026 [R], but for those marked.
pub(super) fn wire_error(error: &LogsError) -> WireError {
    let (code, message) = match error {
        LogsError::GroupNotFound => (NOT_FOUND, "The specified log group does not exist."),
        LogsError::StreamNotFound => (NOT_FOUND, "The specified log stream does not exist."),
        LogsError::GroupExists => (EXISTS, "The specified log group already exists"),
        LogsError::StreamExists => (EXISTS, "The specified log stream already exists"),
        LogsError::TokenInvalid => (INVALID, "The specified nextToken is invalid."),
        LogsError::EventsUnordered => (
            INVALID,
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        LogsError::NameTooLong => (
            INVALID,
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ),
        LogsError::GroupNamedTwice => (
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        ),
        LogsError::PrefixAndPattern => (
            INVALID,
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ),
        LogsError::PatternNotEmulated => {
            let text = "Filter patterns in braces, brackets and percent signs are not emulated: \
                        use words and quoted phrases.";
            return WireError::new("NotImplemented", 501, text);
        }
        other => return unrecorded(other),
    };
    WireError::new(code, 400, message)
}

/// The texts of these are not known [?].
fn unrecorded(error: &LogsError) -> WireError {
    let (code, message) = match error {
        LogsError::GroupProtected => (
            "ValidationException",
            "The log group has deletion protection enabled and cannot be deleted.",
        ),
        LogsError::TagsTooMany => (
            "TooManyTagsException",
            "The resource cannot have more than 50 tags.",
        ),
        LogsError::RetentionInvalid => (INVALID, "The specified retention value is invalid."),
        LogsError::EventEmpty => (INVALID, "Log event message must not be empty."),
        LogsError::ResourceInvalid => (INVALID, "The specified resourceArn is invalid."),
        LogsError::Combination(text) => (INVALID, *text),
        other => return WireError::new(INVALID, 400, other.to_string()),
    };
    WireError::new(code, 400, message)
}
