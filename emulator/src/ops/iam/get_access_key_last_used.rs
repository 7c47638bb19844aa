//! GetAccessKeyLastUsed: when and for what an access key was last used, and whose it is.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::credentials::LastUse;
use crate::state::iam::error::IamError;
use crate::wire::aws_query::Moment;

/// GetAccessKeyLastUsed [M].
pub(super) struct GetAccessKeyLastUsed;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    access_key_id: String,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    user_name: String,
    access_key_last_used: Shape,
}

/// A use. Of a key that was never used there is no date [R].
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shape {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Moment>,
    service_name: String,
    region: String,
}

const NONE: &str = "N/A";

impl From<Option<&LastUse>> for Shape {
    fn from(used: Option<&LastUse>) -> Self {
        Self {
            last_used_date: used.map(|it| Moment(it.at)),
            service_name: used.map_or(NONE, |it| it.service).to_owned(),
            region: used.map_or(NONE, |it| it.region.as_str()).to_owned(),
        }
    }
}

impl Operation for GetAccessKeyLastUsed {
    const NAME: &'static str = "GetAccessKeyLastUsed";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// A key that there is not is denied, as one of another account is [R].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let key = world.credentials.key(&input.access_key_id);
        let key = key.filter(|key| key.account == cx.scope.account);
        let key = key.ok_or_else(|| IamError::ForeignAccessKey {
            principal: cx.signer.principal.to_string(),
            key: input.access_key_id,
        })?;
        Ok(Output {
            user_name: key.user.clone(),
            access_key_last_used: key.last_used.as_ref().into(),
        })
    }
}
