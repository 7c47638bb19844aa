//! RestoreSecret: takes a scheduled deletion back.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input;
use super::shape::Identity;

/// RestoreSecret [M].
pub(super) struct RestoreSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
    }
}

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        let secrets = &mut cx.partition(world).secrets;
        Ok(secrets.restore(&input.secret_id, cx.scope, cx.now)?.into())
    }
}
