//! CreatePolicyVersion: another text for a managed policy.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::aws_query::Parsed;
use crate::wire::policy_document::Form;

use super::list_policy_versions::PolicyVersion;
use super::policy;

/// CreatePolicyVersion [M].
pub(super) struct CreatePolicyVersion;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_arn: String,
    policy_document: String,
    set_as_default: Option<Parsed<bool>>,
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    policy_version: PolicyVersion,
}

impl Operation for CreatePolicyVersion {
    const NAME: &'static str = "CreatePolicyVersion";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let text = policy::read(input.policy_document, Form::Managed)?;
        policy::check_size(&text, "PolicySize", policy::MANAGED_LIMIT)?;
        let is_default = input.set_as_default.is_some_and(|Parsed(it)| it);
        let iam = world.iam.of(&cx.scope.account);
        let policy = iam.policy_mut(&input.policy_arn)?;
        let name = policy.create_version(text, is_default)?;
        Ok(Output {
            policy_version: PolicyVersion::of(policy, &name),
        })
    }
}
