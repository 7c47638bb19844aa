//! DescribeLogGroups: which groups there are.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{arn, limit, page};

/// DescribeLogGroups [MODEL].
pub(super) struct DescribeLogGroups;

/// Input: what the names begin with or hold, and the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        let prefix = self.log_group_name_prefix.as_ref();
        violations.optional_text("logGroupNamePrefix", prefix, between(1, 512));
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
    metric_filter_count: u32,
    arn: String,
    stored_bytes: usize,
    log_group_class: &'static str,
    log_group_arn: String,
}

impl Operation for DescribeLogGroups {
    const NAME: &'static str = "DescribeLogGroups";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (prefix, pattern) = (input.log_group_name_prefix, input.log_group_name_pattern);
        if prefix.is_some() && pattern.is_some() {
            let text = "Give either logGroupNamePrefix or logGroupNamePattern.";
            return Err(LogsError::Combination(text).into());
        }
        let is_meant = |name: &str| {
            prefix
                .as_deref()
                .is_none_or(|prefix| name.starts_with(prefix))
                && pattern
                    .as_deref()
                    .is_none_or(|pattern| name.contains(pattern))
        };
        let scope = cx.scope;
        let groups = cx.partition(world).logs.groups();
        let groups = groups.filter(|(name, _)| is_meant(name));
        let shapes = groups.map(|(name, group)| GroupShape {
            log_group_name: name.to_owned(),
            creation_time: group.created.as_millis(),
            metric_filter_count: 0,
            arn: format!("{}:*", arn(scope, name)),
            stored_bytes: group.bytes(),
            log_group_class: "STANDARD",
            log_group_arn: arn(scope, name),
        });
        let token = input.next_token.as_deref();
        let (log_groups, next_token) = page(shapes.collect(), token, limit(input.limit, 50))?;
        Ok(Output {
            log_groups,
            next_token,
        })
    }
}
