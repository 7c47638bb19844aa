//! UntagResource: removes tags; unknown keys are no error [D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::target::Call;

const CALL: Call = Call::on_metadata(UntagResource::NAME);

/// UntagResource [M].
pub(super) struct UntagResource;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let mut secret = CALL.write(world, cx, &input.secret_id)?.secret;
        secret.tags.remove(&input.tag_keys);
        secret.touch(cx.now);
        Ok(())
    }
}
