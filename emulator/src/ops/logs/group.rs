//! How a log group is named, and pages of what is in it.

use serde::Deserialize;

use crate::ids::Scope;
use crate::ops::Context;
use crate::state::World;
use crate::state::logs::error::LogsError;
use crate::state::logs::group::Group;
use crate::wire::payload::Required;
use crate::wire::validate::{Violations, between};

/// A group by its name, or by its ARN in the other member [MODEL].
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GroupName {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
}

/// How long names may be, in characters [MODEL].
pub(super) const NAME_MAX: usize = 512;
/// The classes of groups [MODEL].
pub(super) const CLASSES: [&str; 4] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"];
/// What a group's name is made of [MODEL].
const NAME_PATTERN: &str = r"[\.\-_/#A-Za-z0-9]+";
/// What a stream's name is made of [MODEL].
const STREAM_PATTERN: &str = "[^:*]*";

/// A group's name, or what one begins with.
pub(super) fn check_group(violations: &mut Violations, path: &str, name: &str) {
    violations.text(path, name, between(1, 512));
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b".-_/#".contains(&b);
    let is_met = !name.is_empty() && name.bytes().all(is_letter);
    violations.pattern(path, name, NAME_PATTERN, is_met);
}

/// A group's name that must be there.
pub(super) fn check_required_group(violations: &mut Violations, name: &Required<String>) {
    if name.is_present() {
        check_group(violations, "logGroupName", name);
    } else {
        violations.present("logGroupName", name);
    }
}

/// A stream's name, or what one begins with.
pub(super) fn check_stream(violations: &mut Violations, path: &str, name: &str) {
    violations.text(path, name, between(1, 512));
    let is_met = !name.contains([':', '*']);
    violations.pattern(path, name, STREAM_PATTERN, is_met);
}

/// A stream's name that must be there.
pub(super) fn check_required_stream(violations: &mut Violations, name: &Required<String>) {
    if name.is_present() {
        check_stream(violations, "logStreamName", name);
    } else {
        violations.present("logStreamName", name);
    }
}

impl GroupName {
    pub(super) fn check(&self, violations: &mut Violations) {
        if let Some(name) = &self.log_group_name {
            check_group(violations, "logGroupName", name);
        }
        let identifier = self.log_group_identifier.as_ref();
        violations.optional_text("logGroupIdentifier", identifier, between(1, 2048));
    }

    /// The name, which must be given in one of the two ways.
    pub(super) fn name(&self) -> Result<&str, LogsError> {
        match (&self.log_group_name, &self.log_group_identifier) {
            (Some(name), None) => Ok(name),
            (None, Some(identifier)) => Ok(name_in(identifier)),
            (Some(_), Some(_)) => Err(LogsError::GroupNamedTwice),
            (None, None) => Err(LogsError::Combination(
                "Give either logGroupName or logGroupIdentifier.",
            )),
        }
    }
}

/// The name in a group's ARN, or the name itself.
pub(super) fn name_in(identifier: &str) -> &str {
    let in_arn = identifier.split_once(":log-group:").map(|(_, name)| name);
    let name = in_arn.unwrap_or(identifier);
    name.strip_suffix(":*").unwrap_or(name)
}

/// The group of an ARN that has tags.
pub(super) fn tagged<'w>(
    world: &'w mut World,
    cx: &Context<'_>,
    resource: &str,
) -> Result<&'w mut Group, LogsError> {
    if !resource.contains(":log-group:") {
        return Err(LogsError::ResourceInvalid);
    }
    cx.partition(world).logs.group_mut(name_in(resource))
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
