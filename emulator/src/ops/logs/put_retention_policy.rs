//! PutRetentionPolicy: how long events stay.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::group::check_required_group;

/// The numbers of days that there are [MODEL].
const DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// PutRetentionPolicy [MODEL].
pub(super) struct PutRetentionPolicy;

/// Input: the group and the days.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name: Required<String>,
    retention_in_days: Required<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_required_group(violations, &self.log_group_name);
        violations.present("retentionInDays", &self.retention_in_days);
    }
}

impl Operation for PutRetentionPolicy {
    const NAME: &'static str = "PutRetentionPolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let days = u32::try_from(*input.retention_in_days).ok();
        let days = days.filter(|days| DAYS.contains(days));
        let days = days.ok_or(LogsError::RetentionInvalid)?;
        let logs = &mut cx.partition(world).logs;
        logs.group_mut(&input.log_group_name)?.retention_days = Some(days);
        Ok(())
    }
}
