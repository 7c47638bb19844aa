//! CancelRotateSecret: disables rotation and leaves AWSPENDING where it is [D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::error::ApiError;
use crate::state::{Rotating, World};
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input;
use super::shape::VersionIdentity;

/// CancelRotateSecret [M].
pub(super) struct CancelRotateSecret;

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

impl Operation for CancelRotateSecret {
    const NAME: &'static str = "CancelRotateSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = VersionIdentity;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<VersionIdentity, ApiError> {
        let Rotating {
            secrets, rotations, ..
        } = world.rotating(cx.scope);
        let secret = secrets.live_mut(&input.secret_id, cx.scope)?;
        let partial = secret.cancel_rotation(cx.now)?;
        rotations.was_cancelled(secret, cx.now);
        Ok(VersionIdentity::new(secret, partial))
    }
}
