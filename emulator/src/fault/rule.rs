//! One fault rule: where, what, how often.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::verdict::Verdict;

/// A fault rule. In JSON: `{"at":"createSecret/CreateApiKey#1","kind":"answer-lost","times":3}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The requests that it is about.
    #[serde(rename = "at")]
    pub address: Address,
    /// What happens to them.
    #[serde(rename = "kind")]
    pub verdict: Verdict,
    /// To how many of them.
    #[serde(default)]
    pub times: Times,
    /// Whether the rule may end without having fired.
    #[serde(default, rename = "optional")]
    pub is_optional: bool,
}

impl Rule {
    /// A rule that must fire, once.
    pub const fn once(address: Address, verdict: Verdict) -> Self {
        Self {
            address,
            verdict,
            times: Times::ONCE,
            is_optional: false,
        }
    }
}

/// How often a rule fires before it is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "TimesForm", into = "TimesForm")]
pub enum Times {
    /// That many times.
    Count(NonZeroU32),
    /// On every matching request.
    Forever,
}

impl Times {
    /// A single time.
    pub const ONCE: Self = Self::Count(NonZeroU32::MIN);

    /// Whether a rule that has fired `fired` times may fire again.
    pub fn is_left_after(self, fired: u64) -> bool {
        match self {
            Self::Count(count) => fired < u64::from(count.get()),
            Self::Forever => true,
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self::ONCE
    }
}

/// How [`Times`] is written in JSON: a number or `"forever"`.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a number from 1 to 4294967295 or \"forever\"")]
enum TimesForm {
    Count(NonZeroU32),
    Word(TimesWord),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TimesWord {
    Forever,
}

impl From<TimesForm> for Times {
    fn from(form: TimesForm) -> Self {
        match form {
            TimesForm::Count(count) => Self::Count(count),
            TimesForm::Word(TimesWord::Forever) => Self::Forever,
        }
    }
}

impl From<Times> for TimesForm {
    fn from(times: Times) -> Self {
        match times {
            Times::Count(count) => Self::Count(count),
            Times::Forever => Self::Word(TimesWord::Forever),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_its_json_form() {
        let json = r#"{"at":"createSecret/CreateApiKey#1","kind":"answer-lost","times":"forever","optional":true}"#;
        let rule: Rule = serde_json::from_str(json).unwrap();
        assert_eq!(rule.times, Times::Forever);
        assert!(rule.is_optional);
        assert_eq!(serde_json::to_string(&rule).unwrap(), json);
        let short: Rule = serde_json::from_str(r#"{"at":"GraphQL","kind":"delay=2s"}"#).unwrap();
        assert_eq!(
            short,
            Rule::once("GraphQL".parse().unwrap(), "delay=2s".parse().unwrap())
        );
    }

    #[test]
    fn a_wrong_rule_is_refused() {
        for json in [
            r#"{"at":"GraphQL","kind":"reset","time":3}"#,
            r#"{"at":"GraphQL","kind":"resets"}"#,
            r#"{"at":"GraphQL","kind":"reset","times":0}"#,
            r#"{"at":"GraphQL","kind":"reset","times":"always"}"#,
            r#"{"at":"no/GraphQL","kind":"reset"}"#,
            r#"{"kind":"reset"}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(json).is_err(), "{json}");
        }
    }
}
