//! Every way in which CloudWatch Logs refuses.

/// Why an operation of CloudWatch Logs refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    /// No such group.
    #[error("no such log group")]
    GroupNotFound,
    /// No such stream.
    #[error("no such log stream")]
    StreamNotFound,
    /// Two members that exclude each other, or a member that is missing.
    #[error("{0}")]
    Combination(&'static str),
    /// The token was not given out for this.
    #[error("the token is invalid")]
    TokenInvalid,
    /// A pattern that is not read here.
    #[error("filter patterns in braces and brackets")]
    PatternNotEmulated,
}
