//! DeleteResourcePolicy: takes the policy off; none is no error [?].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::lookup;

use super::policy;
use super::shape::Identity;
use super::target::Call;

const CALL: Call = Call::on_metadata(DeleteResourcePolicy::NAME);

/// DeleteResourcePolicy [M].
pub(super) struct DeleteResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    policy_name: Option<String>,
}

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        lookup::check_id(&input.secret_id)?;
        policy::refuse_other_names(input.policy_name.as_deref())?;
        let mut secret = CALL.write(world, cx, &input.secret_id)?.secret;
        secret.policy = None;
        secret.touch(cx.now);
        Ok(Identity::from(&*secret))
    }
}
