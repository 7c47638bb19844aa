//! A length of time as it is written in rules and scenarios: `500ms`, `2s`, `90d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A length of time in whole milliseconds, at most [`Span::MAX`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Span(u64);

/// The units from the largest to the smallest, with their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest span that can be written: 36500 days.
    pub const MAX: Self = Self(36_500 * 86_400_000);

    /// From milliseconds; `None` above [`Span::MAX`].
    pub const fn from_millis(millis: u64) -> Option<Self> {
        if millis > Self::MAX.0 {
            None
        } else {
            Some(Self(millis))
        }
    }

    /// From seconds; shortened to [`Span::MAX`].
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds as u64 * 1000).shortened()
    }

    /// From days; shortened to [`Span::MAX`].
    pub const fn days(days: u32) -> Self {
        Self(days as u64 * 86_400_000).shortened()
    }

    /// In milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// As the standard library's type.
    pub const fn to_duration(self) -> Duration {
        Duration::from_millis(self.0)
    }

    const fn shortened(self) -> Self {
        if self.0 > Self::MAX.0 {
            Self::MAX
        } else {
            self
        }
    }
}

/// In the largest unit that divides it: `90s` stays `90s`, `3600s` becomes `1h`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS
            .iter()
            .find(|(_, size)| self.0 != 0 && self.0.is_multiple_of(*size));
        match whole {
            Some((unit, size)) => write!(f, "{}{unit}", self.0 / size),
            None => f.write_str("0s"),
        }
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        if number.is_empty() {
            return Err(SpanError::NoNumber);
        }
        let size = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, size)| *size);
        let size = size.ok_or(SpanError::Unit)?;
        let count: u64 = number.parse().map_err(|_| SpanError::TooLong)?;
        count
            .checked_mul(size)
            .and_then(Self::from_millis)
            .ok_or(SpanError::TooLong)
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// Milliseconds that travel as such a text.
pub mod millis_as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Span;

    /// Writes the text; a negative length is none at all, a longer one is [`Span::MAX`].
    ///
    /// # Errors
    /// What the serializer says.
    pub fn serialize<S: Serializer>(millis: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = u64::try_from(*millis).unwrap_or_default();
        let span = Span::from_millis(millis).unwrap_or(Span::MAX);
        span.serialize(serializer)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// It is no length of time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let millis = Span::deserialize(deserializer)?.as_millis();
        Ok(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// Why a text is not a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It does not start with a whole number.
    #[error("a duration starts with a whole number, as in 30s")]
    NoNumber,
    /// No unit, or none that is known.
    #[error("a duration ends with one of the units ms, s, m, h, d")]
    Unit,
    /// Longer than can be handled.
    #[error("a duration is at most 36500d")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_are_read_strictly() {
        assert_eq!("90s".parse(), Ok(Span::seconds(90)));
        assert_eq!("0d".parse(), Ok(Span::ZERO));
        assert_eq!("s".parse::<Span>(), Err(SpanError::NoNumber));
        assert_eq!("-1s".parse::<Span>(), Err(SpanError::NoNumber));
        assert_eq!("1".parse::<Span>(), Err(SpanError::Unit));
        assert_eq!("1.5s".parse::<Span>(), Err(SpanError::Unit));
        assert_eq!("36501d".parse::<Span>(), Err(SpanError::TooLong));
        assert_eq!(
            "99999999999999999999d".parse::<Span>(),
            Err(SpanError::TooLong)
        );
        assert_eq!(
            "18446744073709551615d".parse::<Span>(),
            Err(SpanError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(millis in 0..=Span::MAX.as_millis()) {
            let span = Span::from_millis(millis).unwrap();
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<Span>();
        }
    }
}
