//! CreatePolicy: a new managed policy.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::managed_policy::NewPolicy;
use crate::state::iam::tags::{Keys, Tags};
use crate::wire::aws_query::Listed;
use crate::wire::policy_document::Form;

use super::input::{self, Tag, pairs};
use super::policy;
use super::shape::{OnePolicy, PolicyShape};

/// CreatePolicy [M].
pub(super) struct CreatePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    tags: Listed<Tag>,
}

impl Operation for CreatePolicy {
    const NAME: &'static str = "CreatePolicy";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = OnePolicy;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<OnePolicy, ApiError> {
        let name = input.policy_name;
        let place = input::place(cx, input.path.as_deref());
        let text = policy::read(input.policy_document, Form::Managed)?;
        policy::check_size(&text, "PolicySize", policy::MANAGED_LIMIT)?;
        let new = NewPolicy {
            tags: Tags::new(pairs(input.tags), Keys::Exact)?,
            description: input.description,
            name,
            text,
        };
        let iam = world.iam.of(&cx.scope.account);
        let policy = iam.create_policy(new, &place, cx.entropy, cx.now)?;
        Ok(OnePolicy {
            policy: PolicyShape::made(policy),
        })
    }
}
