//! How a log group is named, and pages of what is in it.

use serde::Deserialize;

use crate::ids::Scope;
use crate::state::logs::error::LogsError;
use crate::wire::validate::{Violations, between};

/// A group by its name, or by its ARN in the other member [MODEL].
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GroupName {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
}

impl GroupName {
    pub(super) fn check(&self, violations: &mut Violations) {
        violations.optional_text(
            "logGroupName",
            self.log_group_name.as_ref(),
            between(1, 512),
        );
        let identifier = self.log_group_identifier.as_ref();
        violations.optional_text("logGroupIdentifier", identifier, between(1, 2048));
    }

    /// The name, which must be given in one of the two ways.
    pub(super) fn name(&self) -> Result<&str, LogsError> {
        match (&self.log_group_name, &self.log_group_identifier) {
            (Some(name), None) => Ok(name),
            (None, Some(identifier)) => {
                let in_arn = identifier.split_once(":log-group:").map(|(_, name)| name);
                let name = in_arn.unwrap_or(identifier);
                Ok(name.strip_suffix(":*").unwrap_or(name))
            }
            _ => Err(LogsError::Combination(
                "Give either logGroupName or logGroupIdentifier.",
            )),
        }
    }
}

/// The ARN of a group, without the `:*` that older members end with.
pub(super) fn arn(scope: &Scope, name: &str) -> String {
    let Scope { account, region } = scope;
    let partition = region.partition();
    format!("arn:{partition}:logs:{region}:{account}:log-group:{name}")
}

/// Cuts a page out of a list: what follows `token`, at most `limit`, and the token of the rest.
/// A token is a position.
pub(super) fn page<T>(
    items: Vec<T>,
    token: Option<&str>,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), LogsError> {
    let start: usize = match token {
        Some(token) => token.parse().map_err(|_| LogsError::TokenInvalid)?,
        None => 0,
    };
    let end = start.checked_add(limit).ok_or(LogsError::TokenInvalid)?;
    let next = (items.len() > end).then(|| end.to_string());
    Ok((items.into_iter().skip(start).take(limit).collect(), next))
}

/// A limit that was checked, or what holds without one.
pub(super) fn limit(asked: Option<i64>, default: usize) -> usize {
    asked
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(default)
}
