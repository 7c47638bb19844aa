//! Reads a fault rule whose operation must be one that is emulated.

use serde_json::Value;

use crate::fault::Rule;
use crate::{graphql, ops, realtime};

/// Why a rule is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bad fault rule: {0}")]
pub struct BadRule(String);

/// Reads a rule such as `{"at":"createSecret/CreateApiKey#1","kind":"answer-lost","times":3}`.
///
/// # Errors
/// The text is no rule, or its operation is not emulated.
pub fn read_rule(value: Value) -> Result<Rule, BadRule> {
    let rule: Rule = serde_json::from_value(value).map_err(|error| BadRule(error.to_string()))?;
    let known: Vec<&str> = ops::rows()
        .map(|row| row.name)
        .chain([graphql::OPERATION])
        .chain(realtime::address::OPERATIONS)
        .collect();
    rule.address.check(&known).map_err(|error| {
        let hint = error
            .nearest()
            .map(|word| format!(" (did you mean {word}?)"));
        BadRule(format!("{error}{}", hint.unwrap_or_default()))
    })?;
    Ok(rule)
}
