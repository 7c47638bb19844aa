//! UpdateAccessKey: makes an access key inactive, or active again.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::credentials::KeyStatus;

use super::input;
use super::shape::Empty;

/// UpdateAccessKey [M].
pub(super) struct UpdateAccessKey;

/// Input.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(default)]
    user_name: Option<String>,
    access_key_id: String,
    status: Status,
}

/// The status to be.
#[derive(Clone, Copy, Deserialize)]
enum Status {
    Active,
    Inactive,
    /// One that only AWS sets [M].
    Expired,
}

impl Operation for UpdateAccessKey {
    const NAME: &'static str = "UpdateAccessKey";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Empty;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Empty, ApiError> {
        let status = match input.status {
            Status::Active => KeyStatus::Active,
            Status::Inactive => KeyStatus::Inactive,
            Status::Expired => {
                input::refuse(Some(&input.status), "The status Expired")?;
                KeyStatus::Inactive
            }
        };
        let account = &cx.scope.account;
        let name = input::user_name(cx, input.user_name)?;
        world.iam.of(account).user(&name)?;
        let id = &input.access_key_id;
        world.credentials.set_status(account, &name, id, status)?;
        Ok(Empty {})
    }
}
