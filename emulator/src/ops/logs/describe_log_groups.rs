//! DescribeLogGroups: which groups there are.

use serde::{Deserialize, Serialize};

use crate::ids::Scope;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::state::logs::group::Group;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{CLASSES, arn, check_group, limit, name_in, page};

/// DescribeLogGroups [MODEL].
pub(super) struct DescribeLogGroups;

/// Input: what the names begin with or hold, the class, and the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    log_group_class: Option<String>,
    log_group_identifiers: Option<Vec<String>>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        if let Some(prefix) = &self.log_group_name_prefix {
            check_group(violations, "logGroupNamePrefix", prefix);
        }
        if let Some(pattern) = &self.log_group_name_pattern
            && !pattern.is_empty()
        {
            check_group(violations, "logGroupNamePattern", pattern);
        }
        violations.one_of("logGroupClass", self.log_group_class.as_ref(), &CLASSES);
        if let Some(identifiers) = &self.log_group_identifiers {
            violations.items("logGroupIdentifiers", identifiers, between(1, 50));
        }
        violations.number("limit", self.limit, between(1, 50));
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    log_groups: Vec<GroupShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A group on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupShape {
    log_group_name: String,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_in_days: Option<u32>,
    metric_filter_count: u32,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    log_group_class: String,
    log_group_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_protection_enabled: Option<bool>,
}

impl GroupShape {
    /// Groups that were found by a pattern are told of in fewer members [R].
    fn new(scope: &Scope, name: &str, group: &Group, is_short: bool) -> Self {
        Self {
            log_group_name: name.to_owned(),
            creation_time: group.created.as_millis(),
            retention_in_days: group.retention_days,
            metric_filter_count: 0,
            arn: format!("{}:*", arn(scope, name)),
            stored_bytes: (!is_short).then(|| group.bytes()),
            kms_key_id: group.kms_key.clone(),
            log_group_class: group.class.clone(),
            log_group_arn: arn(scope, name),
            deletion_protection_enabled: (!is_short).then_some(group.is_protected),
        }
    }
}

impl Operation for DescribeLogGroups {
    const NAME: &'static str = "DescribeLogGroups";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (prefix, pattern) = (input.log_group_name_prefix, input.log_group_name_pattern);
        if prefix.is_some() && pattern.is_some() {
            return Err(LogsError::PrefixAndPattern.into());
        }
        let pattern = pattern.map(|pattern| pattern.to_lowercase());
        let identifiers = input.log_group_identifiers.unwrap_or_default();
        let named: Vec<&str> = identifiers.iter().map(|it| name_in(it)).collect();
        let is_meant = |name: &str, group: &Group| {
            prefix.as_deref().is_none_or(|it| name.starts_with(it))
                && pattern
                    .as_deref()
                    .is_none_or(|it| name.to_lowercase().contains(it))
                && input
                    .log_group_class
                    .as_ref()
                    .is_none_or(|it| *it == group.class)
                && (named.is_empty() || named.contains(&name))
        };
        let scope = cx.scope;
        let groups = cx.partition(world).logs.groups();
        let groups = groups.filter(|(name, group)| is_meant(name, group));
        let shapes =
            groups.map(|(name, group)| GroupShape::new(scope, name, group, pattern.is_some()));
        let token = input.next_token.as_deref();
        let (log_groups, next_token) = page(shapes.collect(), token, limit(input.limit, 50))?;
        Ok(Output {
            log_groups,
            next_token,
        })
    }
}
