//! DescribeSecret: everything about a secret but its values; it works on one that is scheduled
//! for deletion, too [R].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::details::Details;
use super::target::Call;

const CALL: Call = Call::on_metadata(DescribeSecret::NAME);

/// DescribeSecret [M].
pub(super) struct DescribeSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
}

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Details;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Details, ApiError> {
        let target = CALL.read(world, cx, &input.secret_id)?;
        let seen = target.secret.seen(cx.now)?;
        Ok(Details::described(seen, target.settings.secrets))
    }
}
