//! DeleteLogStream: takes a stream away with its events.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::group::{check_required_group, check_required_stream};

/// DeleteLogStream [MODEL].
pub(super) struct DeleteLogStream;

/// Input: the group and the stream.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name: Required<String>,
    log_stream_name: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_required_group(violations, &self.log_group_name);
        check_required_stream(violations, &self.log_stream_name);
    }
}

impl Operation for DeleteLogStream {
    const NAME: &'static str = "DeleteLogStream";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let group = cx.partition(world).logs.group_mut(&input.log_group_name)?;
        Ok(group.delete_stream(&input.log_stream_name)?)
    }
}
