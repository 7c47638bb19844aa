//! GetResourcePolicy: the attached policy as it was put.

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::{input, policy};

/// GetResourcePolicy [M].
pub(super) struct GetResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    policy_name: Option<String>,
}

/// Output, as recorded in 2024; the newest model adds PolicyName [R][M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_policy: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        policy::check_name(violations, self.policy_name.as_ref());
    }
}

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        policy::refuse_other_names(input.policy_name.as_deref())?;
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        Ok(Output {
            arn: secret.arn.clone(),
            name: secret.name.clone(),
            resource_policy: secret.policy.clone(),
        })
    }
}
