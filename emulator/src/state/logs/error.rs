//! Every way in which CloudWatch Logs refuses.

/// Why an operation of CloudWatch Logs refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    /// No such group.
    #[error("no such log group")]
    GroupNotFound,
    /// The group is there.
    #[error("the log group exists")]
    GroupExists,
    /// The group is not to be deleted.
    #[error("the log group is protected")]
    GroupProtected,
    /// No such stream.
    #[error("no such log stream")]
    StreamNotFound,
    /// The stream is there.
    #[error("the log stream exists")]
    StreamExists,
    /// A name that is longer than one may be.
    #[error("the name is too long")]
    NameTooLong,
    /// Not a number of days that events can stay.
    #[error("not a number of days")]
    RetentionInvalid,
    /// Events that are older than the one before.
    #[error("the events are not in order")]
    EventsUnordered,
    /// An event without text.
    #[error("an event is empty")]
    EventEmpty,
    /// More tags than there may be.
    #[error("too many tags")]
    TagsTooMany,
    /// Not the ARN of a group.
    #[error("no ARN of a log group")]
    ResourceInvalid,
    /// The group was named in both ways.
    #[error("both name and identifier of the log group")]
    GroupNamedTwice,
    /// The groups were asked for in two ways.
    #[error("both prefix and pattern")]
    PrefixAndPattern,
    /// Two members that exclude each other, or a member that is missing.
    #[error("{0}")]
    Combination(&'static str),
    /// Constraints of the model are not met, as the framework tells it.
    #[error("{0}")]
    Invalid(String),
    /// The token was not given out for this.
    #[error("the token is invalid")]
    TokenInvalid,
    /// A pattern that is not read here.
    #[error("filter patterns in braces and brackets")]
    PatternNotEmulated,
}
