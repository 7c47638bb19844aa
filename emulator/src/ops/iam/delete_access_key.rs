//! DeleteAccessKey: deletes an access key; whoever still uses it is nobody.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::input;
use super::shape::Empty;

/// DeleteAccessKey [M].
pub(super) struct DeleteAccessKey;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    user_name: Option<String>,
    access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const NAME: &'static str = "DeleteAccessKey";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let account = &cx.scope.account;
        let name = input::user_name(cx, input.user_name)?;
        world.iam.of(account).user(&name)?;
        let id = &input.access_key_id;
        world.credentials.delete_key(account, &name, id)?;
        Ok(Empty {})
    }
}
