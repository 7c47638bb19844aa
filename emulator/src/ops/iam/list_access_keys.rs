//! ListAccessKeys: the access keys of a user, without their secrets.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::credentials::AccessKey;
use crate::wire::aws_query::{Members, Moment};

use super::input::{self, Page};
use super::paging::page;

/// ListAccessKeys [M].
pub(super) struct ListAccessKeys;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    user_name: Option<String>,
    #[serde(flatten)]
    page: Page,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    access_key_metadata: Members<KeyMetadata>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
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
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let account = &cx.scope.account;
        let name = input::user_name(cx, input.user_name)?;
        world.iam.of(account).user(&name)?;
        let key = |key: &AccessKey| {
            let metadata = KeyMetadata {
                user_name: key.user.clone(),
                access_key_id: key.id.clone(),
                status: key.status.as_str(),
                create_date: Moment(key.created),
            };
            (key.id.clone(), metadata)
        };
        let keys = world.credentials.keys_of(account, &name).map(key);
        let page = page(keys, &input.page)?;
        Ok(Output {
            access_key_metadata: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}
