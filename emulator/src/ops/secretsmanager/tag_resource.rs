//! TagResource: adds tags, or gives known keys new values [R][D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::Tag;
use super::target::Call;

const CALL: Call = Call::on_metadata(TagResource::NAME);

/// TagResource [M].
pub(super) struct TagResource;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let mut secret = CALL.write(world, cx, &input.secret_id)?.secret;
        let tags = input.tags.into_iter().map(Into::into);
        secret.tags.add(tags.collect())?;
        secret.touch(cx.now);
        Ok(())
    }
}
