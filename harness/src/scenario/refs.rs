//! Aliases: keys, versions, points in time and bounds, as they are written in a scenario.

use std::fmt;
use std::str::FromStr;

use keywheel_emulator::fault::{Address, Span};
use keywheel_emulator::ids::Step;
use serde::{Deserialize, Serialize};

use super::words::{Choice, OracleId, is_name};

/// A text that names nothing of the kind that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not {1}")]
pub struct BadReference(pub String, pub &'static str);

macro_rules! serde_as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = BadReference;

            fn try_from(text: String) -> Result<Self, BadReference> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

/// An API key by its alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeyRef {
    /// `k0` is the key of the first version, `k1`… are those that the function made, in order.
    Numbered(u32),
    /// The key in the version that carries AWSPENDING.
    Pending,
    /// The key in the version that carries AWSCURRENT.
    Current,
    /// The key in the version that carries AWSPREVIOUS.
    Previous,
    /// A foreign key by its description.
    Foreign(String),
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(number) => write!(f, "k{number}"),
            Self::Pending => f.write_str("pending"),
            Self::Current => f.write_str("current"),
            Self::Previous => f.write_str("previous"),
            Self::Foreign(name) => f.write_str(name),
        }
    }
}

impl FromStr for KeyRef {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        match text {
            "pending" => Ok(Self::Pending),
            "current" => Ok(Self::Current),
            "previous" => Ok(Self::Previous),
            _ => match numbered(text, "k") {
                Some(number) => Ok(Self::Numbered(number)),
                None if is_name(text) => Ok(Self::Foreign(text.to_owned())),
                None => Err(BadReference(text.to_owned(), "the name of a key")),
            },
        }
    }
}

serde_as_text!(KeyRef);

/// A version of the secret by its alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum VersionRef {
    /// `v0`, the version that the world starts with.
    First,
    /// `token1`… are the versions of the rotations, in the order of their RotateSecret.
    Token(u32),
    /// `admin1`… are the versions that a person made, in order.
    Admin(u32),
    /// The version that carries AWSCURRENT.
    Current,
    /// The version that carries AWSPREVIOUS.
    Previous,
    /// The version that carries AWSPENDING.
    Pending,
    /// A version by the word that a scenario gave to its token.
    Word(String),
}

impl fmt::Display for VersionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("v0"),
            Self::Token(number) => write!(f, "token{number}"),
            Self::Admin(number) => write!(f, "admin{number}"),
            Self::Current => f.write_str("current"),
            Self::Previous => f.write_str("previous"),
            Self::Pending => f.write_str("pending"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl FromStr for VersionRef {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        match text {
            "v0" => return Ok(Self::First),
            "current" => return Ok(Self::Current),
            "previous" => return Ok(Self::Previous),
            "pending" => return Ok(Self::Pending),
            _ => {}
        }
        let counted = |prefix| numbered(text, prefix).filter(|number| *number > 0);
        if let Some(number) = counted("token") {
            Ok(Self::Token(number))
        } else if let Some(number) = counted("admin") {
            Ok(Self::Admin(number))
        } else if is_name(text) {
            Ok(Self::Word(text.to_owned()))
        } else {
            Err(BadReference(text.to_owned(), "the name of a version"))
        }
    }
}

serde_as_text!(VersionRef);

/// A moment of a run: just before a rotation step or a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Point {
    /// Before the next invocation for this step.
    Step(Step),
    /// Before the call with this address.
    Call(Address),
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(step) => write!(f, "{step}"),
            Self::Call(address) => write!(f, "{address}"),
        }
    }
}

impl FromStr for Point {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        if let Ok(step) = text.parse() {
            return Ok(Self::Step(step));
        }
        let bad = |_| BadReference(text.to_owned(), "a rotation step or the address of a call");
        text.parse().map(Self::Call).map_err(bad)
    }
}

serde_as_text!(Point);

/// A length of time forwards or back: `+2h`, `-10m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shift {
    /// Is it back?
    pub is_back: bool,
    /// How far.
    pub span: Span,
}

impl Shift {
    /// In signed milliseconds.
    pub fn as_millis(self) -> i64 {
        let millis = i64::try_from(self.span.as_millis()).unwrap_or(i64::MAX);
        if self.is_back { -millis } else { millis }
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_back { '-' } else { '+' };
        write!(f, "{sign}{}", self.span)
    }
}

impl FromStr for Shift {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let bad = || BadReference(text.to_owned(), "a time forwards or back like +2h or -10m");
        let (is_back, span) = match text.strip_prefix('-') {
            Some(span) => (true, span),
            None => (false, text.strip_prefix('+').ok_or_else(bad)?),
        };
        let span = span.parse().map_err(|_| bad())?;
        Ok(Self { is_back, span })
    }
}

serde_as_text!(Shift);

/// How many there have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Bound {
    /// `=N`
    Exactly(u32),
    /// `<=N`
    AtMost(u32),
}

impl Bound {
    /// Splits `name=N` or `name<=N`.
    pub(super) fn split(text: &str) -> Option<(&str, Self)> {
        let at = text.find("<=").or_else(|| text.rfind('='))?;
        let (name, bound) = text.split_at(at);
        Some((name, bound.parse().ok()?))
    }

    /// Whether a count is within the bound.
    pub const fn holds(self, count: u32) -> bool {
        match self {
            Self::Exactly(number) => count == number,
            Self::AtMost(number) => count <= number,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "={number}"),
            Self::AtMost(number) => write!(f, "<={number}"),
        }
    }
}

impl FromStr for Bound {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let at_most = numbered(text, "<=").map(Self::AtMost);
        let bound = at_most.or_else(|| numbered(text, "=").map(Self::Exactly));
        bound.ok_or_else(|| BadReference(text.to_owned(), "a bound like =2 or <=2"))
    }
}

serde_as_text!(Bound);

/// Something that has to hold at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Check {
    /// An oracle by its name.
    Oracle(OracleId),
    /// Live keys that the function made.
    Keys(Bound),
    /// CreateApiKey calls of the function that took effect.
    Creates(Bound),
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oracle(oracle) => f.write_str(oracle.as_str()),
            Self::Keys(bound) => write!(f, "keys{bound}"),
            Self::Creates(bound) => write!(f, "creates{bound}"),
        }
    }
}

impl FromStr for Check {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        match Bound::split(text) {
            Some(("keys", bound)) => Ok(Self::Keys(bound)),
            Some(("creates", bound)) => Ok(Self::Creates(bound)),
            _ => {
                let oracle = OracleId::from_word(text).map(Self::Oracle);
                let wanted = "an oracle, keys=N, keys<=N or creates=N";
                oracle.ok_or_else(|| BadReference(text.to_owned(), wanted))
            }
        }
    }
}

serde_as_text!(Check);

/// A value that a person stores in the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// This text.
    Text(String),
    /// The text of this section of the file.
    Section(String),
    /// The value of the version that carries AWSCURRENT.
    Copy,
}

/// The number after a prefix, written without sign or leading zeros.
pub(super) fn numbered(text: &str, prefix: &str) -> Option<u32> {
    let digits = text.strip_prefix(prefix)?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = digits.len() > 1 && digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain && !has_zero)
}
