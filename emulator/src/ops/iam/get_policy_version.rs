//! GetPolicyVersion: the text of a managed policy, percent-encoded.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input;
use super::list_policy_versions::PolicyVersion;

/// GetPolicyVersion [M].
pub(super) struct GetPolicyVersion;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: Required<String>,
    version_id: Required<String>,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    policy_version: PolicyVersion,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_arn(violations, &self.policy_arn);
        violations.present("versionId", &self.version_id);
    }
}

impl Operation for GetPolicyVersion {
    const NAME: &'static str = "GetPolicyVersion";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let policy = world.iam.of(&cx.scope.account).policy(&input.policy_arn)?;
        let text = policy.version(&input.version_id)?;
        Ok(Output {
            policy_version: PolicyVersion::with_text(policy, text),
        })
    }
}
