//! CreateAccessKey: a new access key of a user; only now is its secret told.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Moment;

use super::input::{self, MaybeUser};

/// CreateAccessKey [M].
pub(super) struct CreateAccessKey;

/// Output. It has no `Debug`, since it holds the secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    access_key: NewKey,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewKey {
    user_name: String,
    access_key_id: String,
    status: &'static str,
    secret_access_key: String,
    create_date: Moment,
}

impl Operation for CreateAccessKey {
    const NAME: &'static str = "CreateAccessKey";
    const KIND: Kind = Kind::Write;
    type Input = MaybeUser;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: MaybeUser,
    ) -> Result<Output, ApiError> {
        let account = &cx.scope.account;
        let name = input::user_name(cx, input.user_name)?;
        let user = world.iam.of(account).user(&name)?;
        let credentials = &mut world.credentials;
        let key = credentials.create_key(user, account, cx.entropy, cx.now)?;
        Ok(Output {
            access_key: NewKey {
                user_name: key.user.clone(),
                access_key_id: key.id.clone(),
                status: key.status.as_str(),
                secret_access_key: key.secret.expose().to_owned(),
                create_date: Moment(key.created),
            },
        })
    }
}
