//! DeleteRetentionPolicy: events stay for ever again.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::group::check_required_group;

/// DeleteRetentionPolicy [MODEL].
pub(super) struct DeleteRetentionPolicy;

/// Input: the group.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_required_group(violations, &self.log_group_name);
    }
}

impl Operation for DeleteRetentionPolicy {
    const NAME: &'static str = "DeleteRetentionPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let logs = &mut cx.partition(world).logs;
        logs.group_mut(&input.log_group_name)?.retention_days = None;
        Ok(())
    }
}
