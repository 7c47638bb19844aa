//! UntagResource: removes tags; unknown keys are no error [D].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input;

/// UntagResource [M].
pub(super) struct UntagResource;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    tag_keys: Required<Vec<String>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        violations.present("tagKeys", &self.tag_keys);
        for (number, key) in (1..).zip(self.tag_keys.iter()) {
            violations.text(&format!("tagKeys.{number}.member"), key, between(1, 128));
        }
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        secret.tags.remove(&input.tag_keys);
        secret.touch(cx.now);
        Ok(())
    }
}
