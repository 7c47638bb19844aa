//! TagResource: adds tags, or gives known keys new values [R][D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input;
use super::shape::{Tag, check_tags};

/// TagResource [M].
pub(super) struct TagResource;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    tags: Required<Vec<Tag>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        violations.present("tags", &self.tags);
        check_tags(violations, &self.tags);
    }
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        secret.tags.add(
            input
                .tags
                .into_inner()
                .into_iter()
                .map(Into::into)
                .collect(),
        )?;
        secret.touch(cx.now);
        Ok(())
    }
}
