//! ListAccessKeys: the access keys of a user, without their secrets.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::credentials::AccessKey;
use crate::wire::aws_query::{Members, Moment};

use super::input::{self, MaybeUser};

/// ListAccessKeys [M].
pub(super) struct ListAccessKeys;

/// The status of every key: here none is turned off, only deleted.
pub(super) const ACTIVE: &str = "Active";

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    access_key_metadata: Members<KeyMetadata>,
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyMetadata {
    user_name: String,
    access_key_id: String,
    status: &'static str,
    create_date: Moment,
}

impl Operation for ListAccessKeys {
    const NAME: &'static str = "ListAccessKeys";
    const KIND: Kind = Kind::Read;
    type Input = MaybeUser;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: MaybeUser,
    ) -> Result<Output, ApiError> {
        let account = &cx.scope.account;
        let name = input::user_name(cx, input.user_name)?;
        world.iam.of(account).user(&name)?;
        let key = |key: &AccessKey| KeyMetadata {
            user_name: key.user.clone(),
            access_key_id: key.id.clone(),
            status: ACTIVE,
            create_date: Moment(key.created),
        };
        let keys = world.credentials.keys_of(account, &name);
        Ok(Output {
            access_key_metadata: keys.map(key).collect(),
            is_truncated: false,
        })
    }
}
