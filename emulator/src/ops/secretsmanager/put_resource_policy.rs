//! PutResourcePolicy: attaches a resource policy.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;

use super::policy::{self, is_public};
use super::shape::Identity;
use super::target::Call;

const CALL: Call = Call::on_metadata(PutResourcePolicy::NAME);

/// PutResourcePolicy [M].
pub(super) struct PutResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    resource_policy: String,
    policy_name: Option<String>,
    block_public_policy: Option<bool>,
}

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    /// A policy for everyone is accepted unless the caller asks otherwise [R].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        lookup::check_id(&input.secret_id)?;
        policy::refuse_other_names(input.policy_name.as_deref())?;
        CALL.write(world, cx, &input.secret_id)?;
        let policy = policy::read(input.resource_policy, world)?;
        let mut secret = CALL.write(world, cx, &input.secret_id)?.secret;
        if input.block_public_policy.unwrap_or(false) && is_public(&policy) {
            return Err(SecretsError::PublicPolicy.into());
        }
        secret.policy = Some(policy);
        secret.touch(cx.now);
        Ok(Identity::from(&*secret))
    }
}
