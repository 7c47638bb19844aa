//! GetPolicyVersion: the text of a managed policy, percent-encoded.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::IamError;

use super::list_policy_versions::PolicyVersion;
use super::managed;

/// GetPolicyVersion [M].
pub(super) struct GetPolicyVersion;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    version_id: String,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    policy_version: PolicyVersion,
}

impl Operation for GetPolicyVersion {
    const NAME: &'static str = "GetPolicyVersion";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let missing = |error| match error {
            IamError::PolicyNotFound(arn) => IamError::VersionNotFound {
                version: input.version_id.clone(),
                arn,
            },
            other => other,
        };
        let iam = world.iam.of(&cx.scope.account);
        let policy = managed::find(iam, &input.policy_arn).map_err(missing)?;
        let text = policy.version(&input.version_id)?;
        Ok(Output {
            policy_version: PolicyVersion::with_text(policy, &input.version_id, text),
        })
    }
}
