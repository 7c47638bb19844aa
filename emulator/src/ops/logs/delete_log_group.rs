//! DeleteLogGroup: takes a group away with all that is in it.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::group::check_required_group;

/// DeleteLogGroup [MODEL].
pub(super) struct DeleteLogGroup;

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

impl Operation for DeleteLogGroup {
    const NAME: &'static str = "DeleteLogGroup";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        Ok(cx.partition(world).logs.delete(&input.log_group_name)?)
    }
}
