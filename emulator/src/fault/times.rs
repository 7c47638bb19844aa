//! How often, or how long, a rule fires before it is spent.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::span::{Span, SpanError};

/// How often a rule fires before it is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "TimesForm", into = "TimesForm")]
pub enum Times {
    /// That many times.
    Count(NonZeroU32),
    /// On every matching request.
    Forever,
    /// From the first time on for the rest of that invocation.
    UntilStepEnds,
    /// From the first time on for so long.
    For(Span),
    /// On every matching request beyond so many in one second.
    Over(NonZeroU32),
}

impl Times {
    /// A single time.
    pub const ONCE: Self = Self::Count(NonZeroU32::MIN);

    /// How often the rule can still strike after so many strikes; none if there is no bound.
    pub fn left_after(self, strikes: u32) -> Option<u32> {
        match self {
            Self::Count(count) => Some(count.get().saturating_sub(strikes)),
            _ => None,
        }
    }

    /// The words, for messages.
    pub const WORDS: [&'static str; 5] = ["x1", "x*", "until=step", "for=30s", "over=5/s"];
}

impl Default for Times {
    fn default() -> Self {
        Self::ONCE
    }
}

/// `x3`, `x*`, `until=step`, `for=30s` or `over=5/s`.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "x{count}"),
            Self::Forever => f.write_str("x*"),
            Self::UntilStepEnds => f.write_str("until=step"),
            Self::For(span) => write!(f, "for={span}"),
            Self::Over(rate) => write!(f, "over={rate}/s"),
        }
    }
}

impl FromStr for Times {
    type Err = UnknownTimes;

    fn from_str(text: &str) -> Result<Self, UnknownTimes> {
        if let Some(span) = text.strip_prefix("for=") {
            return span.parse().map(Self::For).map_err(UnknownTimes::Span);
        }
        let found = match text {
            "x*" => Some(Self::Forever),
            "until=step" => Some(Self::UntilStepEnds),
            _ => match text
                .strip_prefix("over=")
                .and_then(|rate| rate.strip_suffix("/s"))
            {
                Some(rate) => count(rate).map(Self::Over),
                None => text.strip_prefix('x').and_then(count).map(Self::Count),
            },
        };
        found.ok_or(UnknownTimes::Word)
    }
}

/// A number without sign or leading zeros.
fn count(digits: &str) -> Option<NonZeroU32> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

/// The text says neither how often nor how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTimes {
    /// No word that is known.
    #[error("use a number, \"forever\", \"until=step\", \"for=30s\" or \"over=5/s\"")]
    Word,
    /// What follows `for=` is no length of time.
    #[error(transparent)]
    Span(SpanError),
}

/// How [`Times`] is written in JSON: a number or a word.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a number from 1 to 4294967295, \"forever\", \"until=step\", \"for=30s\" or \"over=5/s\""
)]
enum TimesForm {
    Count(NonZeroU32),
    Word(String),
}

impl TryFrom<TimesForm> for Times {
    type Error = UnknownTimes;

    fn try_from(form: TimesForm) -> Result<Self, UnknownTimes> {
        match form {
            TimesForm::Count(count) => Ok(Self::Count(count)),
            TimesForm::Word(word) if word == "forever" => Ok(Self::Forever),
            TimesForm::Word(word) if word.starts_with('x') => Err(UnknownTimes::Word),
            TimesForm::Word(word) => word.parse(),
        }
    }
}

impl From<Times> for TimesForm {
    fn from(times: Times) -> Self {
        match times {
            Times::Count(count) => Self::Count(count),
            Times::Forever => Self::Word("forever".to_owned()),
            other => Self::Word(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_back_as_text_and_as_json() {
        for text in ["x1", "x30", "x*", "until=step", "for=90s", "over=5/s"] {
            let times: Times = text.parse().unwrap();
            assert_eq!(times.to_string(), text);
            let json = serde_json::to_string(&times).unwrap();
            assert_eq!(
                serde_json::from_str::<Times>(&json).unwrap(),
                times,
                "{json}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "x",
            "x0",
            "x01",
            "x-1",
            "for=5",
            "for=",
            "over=5",
            "over=0/s",
            "until=end",
        ] {
            assert!(text.parse::<Times>().is_err(), "{text}");
        }
        for json in ["0", "\"x3\"", "\"always\"", "{}"] {
            assert!(serde_json::from_str::<Times>(json).is_err(), "{json}");
        }
    }
}
