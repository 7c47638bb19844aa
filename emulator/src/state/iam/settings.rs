//! What is checked of a caller.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::fault::millis_as_text;

/// What becomes of a call that no policy allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// Nothing: policies are kept and not looked at.
    #[default]
    Off,
    /// It is carried out and noted in the report.
    Audit,
    /// It is refused, and noted in the report.
    Enforce,
}

/// What becomes of a call whose signature is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// Nothing: of a signature only account and Region are read.
    #[default]
    Off,
    /// It is refused, and so is one without a signature.
    Verify,
}

/// The secret access key of access keys that stand for a whole account, as quick starts use them.
pub const ROOT_SECRET: &str = "test";

/// How far clocks may differ, in milliseconds, unless it is set otherwise: five minutes [D].
const MAX_CLOCK_SKEW_MS: i64 = 300_000;

/// What is checked of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AccessSettings {
    /// Permissions.
    pub iam: Enforcement,
    /// Signatures.
    pub auth: Authentication,
    /// How far a client's clock may differ from the emulator's. Who moves the clock of the one and
    /// not of the other needs more than AWS allows.
    #[serde(rename = "maxClockSkew", with = "millis_as_text")]
    pub max_clock_skew_ms: i64,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            iam: Enforcement::default(),
            auth: Authentication::default(),
            max_clock_skew_ms: MAX_CLOCK_SKEW_MS,
        }
    }
}

/// The text is none of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use {0}")]
pub struct UnknownWord(&'static str);

impl FromStr for Enforcement {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "audit" => Ok(Self::Audit),
            "enforce" => Ok(Self::Enforce),
            _ => Err(UnknownWord("off, audit or enforce")),
        }
    }
}

impl FromStr for Authentication {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "verify" => Ok(Self::Verify),
            _ => Err(UnknownWord("off or verify")),
        }
    }
}
