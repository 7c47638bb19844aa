//! UpdateRole: what a role is for, and how long its sessions may last.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::role::DEFAULT_SESSION_SECONDS;
use crate::wire::aws_query::Parsed;

use super::shape::Empty;

/// UpdateRole [M].
pub(super) struct UpdateRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<Parsed<u32>>,
}

impl Operation for UpdateRole {
    const NAME: &'static str = "UpdateRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    /// A description that is not given stays: Terraform, which sends the one and then the other,
    /// would find it gone. A length that is not given is that of the start again [D].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let role = world.iam.of(&cx.scope.account).role_mut(&input.role_name)?;
        role.description = input.description.or_else(|| role.description.take());
        let seconds = input.max_session_duration;
        role.max_session_seconds = seconds.map_or(DEFAULT_SESSION_SECONDS, |Parsed(it)| it);
        Ok(Empty {})
    }
}
