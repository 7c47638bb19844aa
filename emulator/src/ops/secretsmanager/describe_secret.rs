//! DescribeSecret: everything about a secret but its values; it works on one that is scheduled
//! for deletion, too [R].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::details::Details;
use super::input;

/// DescribeSecret [M].
pub(super) struct DescribeSecret;

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

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Details;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Details, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let secret = partition.secrets.find(&input.secret_id, cx.scope)?;
        Ok(Details::described(secret, settings.secrets))
    }
}
