//! PutResourcePolicy: attaches a resource policy, which is kept and not evaluated.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::shape::Identity;
use super::{input, policy};

/// PutResourcePolicy [M].
pub(super) struct PutResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    resource_policy: Required<String>,
    policy_name: Option<String>,
    block_public_policy: Option<bool>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        violations.required_text("resourcePolicy", &self.resource_policy, between(1, 20_480));
        policy::check_name(violations, self.policy_name.as_ref());
    }
}

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    /// A policy for everyone is accepted unless the caller asks otherwise [R].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        policy::refuse_other_names(input.policy_name.as_deref())?;
        let document = policy::document(&input.resource_policy)?;
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        if input.block_public_policy.unwrap_or(false) && policy::is_public(&document) {
            return Err(SecretsError::PublicPolicy.into());
        }
        secret.policy = Some(input.resource_policy.into_inner());
        secret.touch(cx.now);
        Ok(Identity::from(&*secret))
    }
}
