//! CreatePolicy: a new managed policy.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::policy_document::Form;
use crate::wire::validate::{Constrained, Violations, between};

use super::shape::{OnePolicy, PolicyShape};
use super::{input, policy};

/// CreatePolicy [M].
pub(super) struct CreatePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_name: Required<String>,
    path: Option<String>,
    policy_document: Required<String>,
    description: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_policy_name(violations, &self.policy_name);
        input::check_document(violations, &self.policy_document);
        violations.optional_text("description", self.description.as_ref(), between(0, 1000));
    }
}

impl Operation for CreatePolicy {
    const NAME: &'static str = "CreatePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OnePolicy;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OnePolicy, ApiError> {
        let name = input.policy_name.into_inner();
        let place = input::place(cx, "policyName", &name, input.path.as_deref())?;
        let text = policy::read(input.policy_document.into_inner(), Form::Identity)?;
        let iam = world.iam.of(&cx.scope.account);
        let description = input.description;
        let policy = iam.create_policy(&name, description, text, &place, cx.entropy, cx.now)?;
        Ok(OnePolicy {
            policy: PolicyShape::new(policy, 0),
        })
    }
}
