//! CancelRotateSecret: disables rotation and leaves AWSPENDING where it is [D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::VersionIdentity;
use super::target::{Call, Target};

const CALL: Call = Call::on_metadata(CancelRotateSecret::NAME);

/// CancelRotateSecret [M].
pub(super) struct CancelRotateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
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
        let Target {
            mut secret,
            rotations,
            ..
        } = CALL.write(world, cx, &input.secret_id)?;
        let partial = secret.cancel_rotation(cx.now)?;
        rotations.was_cancelled(&mut secret, cx.now);
        Ok(VersionIdentity::new(&secret, partial))
    }
}
