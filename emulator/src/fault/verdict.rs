//! What happens to a call on which a rule fires.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::nearest::nearest;
use super::span::Span;

/// What happens to a call. Everything up to `Delay` leaves the service's state as if the call had
/// not been made yet; everything after it comes once the call has taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Verdict {
    /// The connection is closed.
    Reset,
    /// HTTP 500.
    Error500,
    /// HTTP 503.
    Error503,
    /// The service's own throttling error.
    Throttled,
    /// AppSync's `LimitExceededException`.
    Limit429,
    /// `AccessDeniedException`.
    AccessDenied,
    /// AppSync's `ConcurrentModificationException`.
    Conflict,
    /// The data plane's 401.
    Unauthorized,
    /// The call is never answered.
    Hang,
    /// The calling invocation dies.
    KillBefore,
    /// The call is held up, then goes its usual way.
    Delay(Span),
    /// The connection is closed instead of the answer.
    AnswerLost,
    /// HTTP 500 instead of the answer.
    Answer500,
    /// The first half of the answer's body.
    AnswerTruncated,
    /// An answer that is not JSON.
    AnswerNotJson,
    /// The answer never comes.
    AnswerHang,
    /// The calling invocation dies.
    KillAfter,
}

impl Verdict {
    /// Every verdict with one line about it; `Delay` stands for all delays.
    pub const ALL: [(Self, &'static str); 17] = [
        (
            Self::Reset,
            "the connection is closed before anything happened",
        ),
        (Self::Error500, "answers 500 before anything happened"),
        (Self::Error503, "answers 503 before anything happened"),
        (
            Self::Throttled,
            "the service's throttling error: Secrets Manager ThrottlingException 400, AppSync \
             TooManyRequestsException 429, GraphQL 429",
        ),
        (Self::Limit429, "AppSync LimitExceededException 429"),
        (
            Self::AccessDenied,
            "AccessDeniedException, as if the permission were missing",
        ),
        (
            Self::Conflict,
            "AppSync ConcurrentModificationException 409",
        ),
        (
            Self::Unauthorized,
            "GraphQL 401, as if the key were not accepted",
        ),
        (Self::Hang, "never answered, and nothing happens"),
        (
            Self::KillBefore,
            "the invocation dies before its call takes effect",
        ),
        (
            Self::Delay(Span::seconds(1)),
            "the call is held up that long, nothing else changes",
        ),
        (
            Self::AnswerLost,
            "the call takes effect, then the connection is closed",
        ),
        (
            Self::Answer500,
            "the call takes effect, then 500 is answered",
        ),
        (
            Self::AnswerTruncated,
            "the call takes effect, then half of the answer arrives",
        ),
        (
            Self::AnswerNotJson,
            "the call takes effect, then the answer is not JSON",
        ),
        (
            Self::AnswerHang,
            "the call takes effect, then it is never answered",
        ),
        (
            Self::KillAfter,
            "the invocation dies after its call has taken effect",
        ),
    ];

    /// The stable word, without the duration of a delay.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Error500 => "error-500",
            Self::Error503 => "error-503",
            Self::Throttled => "throttled",
            Self::Limit429 => "limit-429",
            Self::AccessDenied => "access-denied",
            Self::Conflict => "conflict",
            Self::Unauthorized => "unauthorized",
            Self::Hang => "hang",
            Self::KillBefore => "kill-before",
            Self::Delay(_) => "delay",
            Self::AnswerLost => "answer-lost",
            Self::Answer500 => "answer-500",
            Self::AnswerTruncated => "answer-truncated",
            Self::AnswerNotJson => "answer-not-json",
            Self::AnswerHang => "answer-hang",
            Self::KillAfter => "kill-after",
        }
    }

    /// Whether the call takes effect before the fault is felt.
    pub const fn is_after_effect(self) -> bool {
        matches!(
            self,
            Self::AnswerLost
                | Self::Answer500
                | Self::AnswerTruncated
                | Self::AnswerNotJson
                | Self::AnswerHang
                | Self::KillAfter
        )
    }

    /// Whether the calling invocation dies.
    pub const fn is_kill(self) -> bool {
        matches!(self, Self::KillBefore | Self::KillAfter)
    }

    /// The words that can be written, for messages; a delay as `delay=DURATION`.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(|(verdict, _)| match verdict {
            Self::Delay(_) => "delay=DURATION",
            other => other.word(),
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(span) => write!(f, "delay={span}"),
            other => f.write_str(other.word()),
        }
    }
}

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(text: &str) -> Result<Self, UnknownVerdict> {
        if let Some(span) = text.strip_prefix("delay=") {
            let bad = |error| UnknownVerdict::delay(text, error);
            return span.parse().map(Self::Delay).map_err(bad);
        }
        let plain = |verdict: &Self| !matches!(verdict, Self::Delay(_)) && verdict.word() == text;
        let mut verdicts = Self::ALL.into_iter().map(|(verdict, _)| verdict);
        verdicts
            .find(plain)
            .ok_or_else(|| UnknownVerdict::word(text))
    }
}

impl TryFrom<String> for Verdict {
    type Error = UnknownVerdict;

    fn try_from(text: String) -> Result<Self, UnknownVerdict> {
        text.parse()
    }
}

impl From<Verdict> for String {
    fn from(verdict: Verdict) -> Self {
        verdict.to_string()
    }
}

/// The text names no verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown fault kind {word:?}{}", self.hint())]
pub struct UnknownVerdict {
    /// The text.
    pub word: String,
    /// The verdict that was probably meant.
    pub nearest: Option<&'static str>,
    delay: Option<super::SpanError>,
}

impl UnknownVerdict {
    fn word(text: &str) -> Self {
        let nearest = if text == "delay" {
            Some("delay=DURATION")
        } else {
            nearest(text, Verdict::words())
        };
        Self {
            word: text.to_owned(),
            nearest,
            delay: None,
        }
    }

    fn delay(text: &str, error: super::SpanError) -> Self {
        Self {
            word: text.to_owned(),
            nearest: None,
            delay: Some(error),
        }
    }

    fn hint(&self) -> String {
        match (self.nearest, self.delay) {
            (Some(nearest), _) => format!("; did you mean {nearest:?}?"),
            (None, Some(error)) => format!(": {error}"),
            (None, None) => {
                format!(
                    "; use one of {}",
                    Verdict::words().collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_is_read_back_from_its_word() {
        for (verdict, doc) in Verdict::ALL {
            assert_eq!(verdict.to_string().parse(), Ok(verdict));
            assert!(!doc.is_empty());
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
        }
    }

    #[test]
    fn a_typo_names_the_word_that_was_meant() {
        let error = "answer-lots".parse::<Verdict>().unwrap_err();
        let expected = "unknown fault kind \"answer-lots\"; did you mean \"answer-lost\"?";
        assert_eq!(error.to_string(), expected);
        let error = "delay".parse::<Verdict>().unwrap_err();
        assert_eq!(error.nearest, Some("delay=DURATION"));
        assert!(
            "delay=5"
                .parse::<Verdict>()
                .unwrap_err()
                .to_string()
                .contains("units")
        );
        assert!(
            "moon"
                .parse::<Verdict>()
                .unwrap_err()
                .to_string()
                .contains("use one of reset")
        );
    }

    #[test]
    fn the_effect_divides_the_verdicts() {
        let after = Verdict::ALL
            .iter()
            .filter(|(verdict, _)| verdict.is_after_effect());
        assert_eq!(after.count(), 6);
        let kills = Verdict::ALL.iter().filter(|(verdict, _)| verdict.is_kill());
        assert_eq!(kills.count(), 2);
    }
}
