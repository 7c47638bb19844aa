//! The errors that a link can answer with in the target's place, in each protocol's own codes.

use keywheel_emulator::fault::Verdict;

/// An error that a target could have answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Something in it is broken.
    Internal,
    /// Something before it is.
    Gateway,
    /// It is starting or stopping.
    Unavailable,
    /// It took too long.
    Timeout,
    /// Too much is asked of it, or too many ask.
    Throttled,
    /// A quota is used up.
    Quota,
    /// A permission is missing.
    Denied,
    /// Somebody else changes the same.
    Conflict,
    /// The credential is not accepted.
    Unauthorized,
    /// Somebody before it lets nobody in.
    Forbidden,
}

impl Failure {
    /// The error that a fault's word means on a link, if it means one.
    pub(super) const fn of(verdict: Verdict) -> Option<Self> {
        Some(match verdict {
            Verdict::Error500 => Self::Internal,
            Verdict::Error502 => Self::Gateway,
            Verdict::Error503 => Self::Unavailable,
            Verdict::Error504 => Self::Timeout,
            Verdict::Throttled | Verdict::ThrottledFor(_) | Verdict::Limit429 => Self::Throttled,
            Verdict::Quota => Self::Quota,
            Verdict::AccessDenied => Self::Denied,
            Verdict::Conflict => Self::Conflict,
            Verdict::Unauthorized => Self::Unauthorized,
            Verdict::Forbidden => Self::Forbidden,
            _ => return None,
        })
    }

    /// PostgreSQL's code for it (appendix A of its manual).
    pub(super) const fn sqlstate(self) -> &'static str {
        match self {
            Self::Internal => "XX000",
            Self::Gateway => "08006",
            Self::Unavailable => "57P03",
            Self::Timeout => "57014",
            Self::Throttled => "53300",
            Self::Quota => "53400",
            Self::Denied => "42501",
            Self::Conflict => "40001",
            Self::Unauthorized => "28P01",
            Self::Forbidden => "28000",
        }
    }

    /// MySQL's number and SQLSTATE for it (its server error reference).
    pub(super) const fn mysql(self) -> (u16, &'static str) {
        match self {
            Self::Internal => (1105, "HY000"),
            Self::Gateway => (1159, "08S01"),
            Self::Unavailable => (1053, "08S01"),
            Self::Timeout => (1205, "HY000"),
            Self::Throttled => (1040, "08004"),
            Self::Quota => (1226, "42000"),
            Self::Denied => (1227, "42000"),
            Self::Conflict => (1213, "40001"),
            Self::Unauthorized => (1045, "28000"),
            Self::Forbidden => (1130, "HY000"),
        }
    }

    /// HTTP's status for it.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Internal => 500,
            Self::Gateway => 502,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::Throttled | Self::Quota => 429,
            Self::Denied | Self::Forbidden => 403,
            Self::Conflict => 409,
            Self::Unauthorized => 401,
        }
    }

    /// What the client is told besides the code.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Internal => "internal error",
            Self::Gateway => "the connection to the server failed",
            Self::Unavailable => "the server is shutting down",
            Self::Timeout => "canceled after a timeout",
            Self::Throttled => "too many connections or requests",
            Self::Quota => "a configured limit is exceeded",
            Self::Denied => "permission denied",
            Self::Conflict => "could not serialize access due to a concurrent update",
            Self::Unauthorized => "authentication failed",
            Self::Forbidden => "this host may not connect",
        }
    }
}
