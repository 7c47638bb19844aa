//! DeleteResourcePolicy: takes the policy off; none is no error [?].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::shape::Identity;
use super::{input, policy};

/// DeleteResourcePolicy [M].
pub(super) struct DeleteResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    policy_name: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        policy::check_name(violations, self.policy_name.as_ref());
    }
}

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        policy::refuse_other_names(input.policy_name.as_deref())?;
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        secret.policy = None;
        secret.touch(cx.now);
        Ok(Identity::from(&*secret))
    }
}
