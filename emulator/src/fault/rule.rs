//! One fault rule: where, what, how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::times::Times;
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
    /// Only requests whose members have these values, such as `SecretId`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, String>,
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
            conditions: BTreeMap::new(),
            is_optional: false,
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
            r#"{"at":"GraphQL","kind":"reset","where":{"SecretId":7}}"#,
            r#"{"at":"no/GraphQL","kind":"reset"}"#,
            r#"{"kind":"reset"}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(json).is_err(), "{json}");
        }
    }
}
