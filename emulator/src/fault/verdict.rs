//! What happens to a call on which a rule fires.

mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::nearest::nearest;
use super::span::Span;

/// What happens to a call. Everything up to `Delay` leaves the service's state as if the call had
/// not been made yet, `Late` for a while; everything after it comes with the call's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Verdict {
    /// The connection is closed.
    Reset,
    /// No connection can be made.
    Unreachable,
    /// HTTP 500.
    Error500,
    /// HTTP 502.
    Error502,
    /// HTTP 503.
    Error503,
    /// HTTP 504.
    Error504,
    /// The service's own throttling error.
    Throttled,
    /// The throttling error with the time after which to come again.
    ThrottledFor(Span),
    /// AppSync's `LimitExceededException`.
    Limit429,
    /// The service's error for a quota that is used up.
    Quota,
    /// `AccessDeniedException`.
    AccessDenied,
    /// `AccessDeniedException` about the KMS key.
    KmsDenied,
    /// `DecryptionFailure` or `EncryptionFailure`.
    KmsUnusable,
    /// AppSync's `ConcurrentModificationException`.
    Conflict,
    /// The data plane's 401.
    Unauthorized,
    /// The firewall's 403 before the data plane.
    Forbidden,
    /// HTTP 200 with a page instead of an answer, and nothing happens.
    Page200,
    /// The call is never answered.
    Hang,
    /// The calling invocation dies.
    KillBefore,
    /// The calling code panics.
    Panic,
    /// The calling invocation stands still, then goes on.
    Freeze(Span),
    /// Never answered; the effect lands later.
    Late(Span),
    /// A read is answered from the past.
    Stale(Span),
    /// The call is held up, then goes its usual way.
    Delay(Span),
    /// The call takes effect twice.
    Duplicate,
    /// The connection is closed instead of the answer.
    AnswerLost,
    /// HTTP 500 instead of the answer.
    Answer500,
    /// The first half of the answer's body.
    AnswerTruncated,
    /// An answer that is not JSON.
    AnswerNotJson,
    /// An answer without any member.
    AnswerEmpty,
    /// The answer under a wrong content type.
    AnswerAsText,
    /// The answer never comes.
    AnswerHang,
    /// The calling invocation dies.
    KillAfter,
    /// The answer's `Date` is too late.
    DateAhead(Span),
    /// The answer's `Date` is too early.
    DateBehind(Span),
}

impl Verdict {
    /// The stable word, without a duration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Unreachable => "unreachable",
            Self::Error500 => "error-500",
            Self::Error502 => "error-502",
            Self::Error503 => "error-503",
            Self::Error504 => "error-504",
            Self::Throttled | Self::ThrottledFor(_) => "throttled",
            Self::Limit429 => "limit-429",
            Self::Quota => "quota",
            Self::AccessDenied => "access-denied",
            Self::KmsDenied => "kms-denied",
            Self::KmsUnusable => "kms-unusable",
            Self::Conflict => "conflict",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "waf-403",
            Self::Page200 => "page-200",
            Self::Hang => "hang",
            Self::KillBefore => "kill-before",
            Self::Panic => "panic",
            Self::Freeze(_) => "freeze",
            Self::Late(_) => "late",
            Self::Stale(_) => "stale",
            Self::Delay(_) => "delay",
            Self::Duplicate => "duplicate",
            Self::AnswerLost => "answer-lost",
            Self::Answer500 => "answer-500",
            Self::AnswerTruncated => "answer-truncated",
            Self::AnswerNotJson => "answer-not-json",
            Self::AnswerEmpty => "answer-empty",
            Self::AnswerAsText => "answer-as-text",
            Self::AnswerHang => "answer-hang",
            Self::KillAfter => "kill-after",
            Self::DateAhead(_) => "date-ahead",
            Self::DateBehind(_) => "date-behind",
        }
    }

    /// The duration, of a verdict that has one.
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::ThrottledFor(span)
            | Self::Freeze(span)
            | Self::Late(span)
            | Self::Stale(span)
            | Self::Delay(span)
            | Self::DateAhead(span)
            | Self::DateBehind(span) => Some(span),
            _ => None,
        }
    }

    /// The same verdict with another duration; unchanged if it has none.
    pub const fn lasting(self, span: Span) -> Self {
        match self {
            Self::ThrottledFor(_) => Self::ThrottledFor(span),
            Self::Freeze(_) => Self::Freeze(span),
            Self::Late(_) => Self::Late(span),
            Self::Stale(_) => Self::Stale(span),
            Self::Delay(_) => Self::Delay(span),
            Self::DateAhead(_) => Self::DateAhead(span),
            Self::DateBehind(_) => Self::DateBehind(span),
            other => other,
        }
    }

    /// Whether the call takes effect before the fault is felt.
    pub const fn is_after_effect(self) -> bool {
        matches!(
            self,
            Self::Duplicate
                | Self::AnswerLost
                | Self::Answer500
                | Self::AnswerTruncated
                | Self::AnswerNotJson
                | Self::AnswerEmpty
                | Self::AnswerAsText
                | Self::AnswerHang
                | Self::KillAfter
                | Self::DateAhead(_)
                | Self::DateBehind(_)
        )
    }

    /// Whether the calling invocation dies.
    pub const fn is_kill(self) -> bool {
        matches!(self, Self::KillBefore | Self::KillAfter | Self::Panic)
    }

    /// The words that can be written, for messages; those with a duration as `delay=DURATION`.
    pub fn words() -> impl Iterator<Item = String> {
        Self::ALL.into_iter().map(|(verdict, _)| verdict.form())
    }

    /// How it is written, with the word DURATION where a duration stands.
    pub fn form(self) -> String {
        match self.span() {
            Some(_) => format!("{}=DURATION", self.word()),
            None => self.word().to_owned(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self.span() {
            Some(span) => write!(f, "={span}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(text: &str) -> Result<Self, UnknownVerdict> {
        let (word, duration) = match text.split_once('=') {
            Some((word, duration)) => (word, Some(duration)),
            None => (text, None),
        };
        let mut verdicts = Self::ALL.into_iter().map(|(verdict, _)| verdict);
        let is_it =
            |known: &Self| known.word() == word && known.span().is_some() == duration.is_some();
        match (verdicts.find(is_it), duration) {
            (Some(verdict), None) => Ok(verdict),
            (Some(verdict), Some(duration)) => {
                let bad = |error| UnknownVerdict::duration(text, error);
                duration
                    .parse()
                    .map(|span| verdict.lasting(span))
                    .map_err(bad)
            }
            (None, _) => Err(UnknownVerdict::word(text)),
        }
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
    pub nearest: Option<String>,
    /// What is wrong with the duration, if the word before it is known.
    pub duration: Option<super::SpanError>,
}

impl UnknownVerdict {
    fn word(text: &str) -> Self {
        let word = text.split('=').next().unwrap_or_default();
        let same = |verdict: &Verdict| verdict.word() == word;
        let known = Verdict::ALL
            .into_iter()
            .map(|(verdict, _)| verdict)
            .find(same);
        let words: Vec<&str> = Verdict::ALL
            .iter()
            .map(|(verdict, _)| verdict.word())
            .collect();
        let nearest = match known {
            Some(verdict) => Some(verdict.form()),
            None => nearest(word, words).map(str::to_owned),
        };
        Self {
            word: text.to_owned(),
            nearest,
            duration: None,
        }
    }

    fn duration(text: &str, error: super::SpanError) -> Self {
        Self {
            word: text.to_owned(),
            nearest: None,
            duration: Some(error),
        }
    }

    fn hint(&self) -> String {
        match (&self.nearest, self.duration) {
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
        assert_eq!(error.nearest.as_deref(), Some("delay=DURATION"));
        let error = "reset=3s".parse::<Verdict>().unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("reset"));
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
        assert_eq!(after.count(), 11);
        let kills = Verdict::ALL.iter().filter(|(verdict, _)| verdict.is_kill());
        assert_eq!(kills.count(), 3);
    }
}
