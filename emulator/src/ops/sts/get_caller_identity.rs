//! GetCallerIdentity: who calls. It needs no permission [D].

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

/// GetCallerIdentity [M].
pub(super) struct GetCallerIdentity;

/// Input: nothing.
#[derive(Deserialize)]
pub(super) struct Input {}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    arn: String,
    user_id: String,
    account: String,
}

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, _: Input) -> Result<Output, ApiError> {
        let signer = cx.signer;
        Ok(Output {
            arn: signer.principal.to_string(),
            user_id: signer.user_id(&world.credentials).to_owned(),
            account: signer.account.to_string(),
        })
    }
}
