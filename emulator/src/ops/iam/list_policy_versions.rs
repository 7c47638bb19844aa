//! ListPolicyVersions: the versions of a managed policy, which has one.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::managed_policy::{ManagedPolicy, VERSION};
use crate::state::iam::text::PolicyText;
use crate::wire::aws_query::{Members, Moment};

use super::input::OfPolicy;
use super::policy::encoded;

/// ListPolicyVersions [M].
pub(super) struct ListPolicyVersions;

/// A version; its text is told by GetPolicyVersion only [M].
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyVersion {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    version_id: &'static str,
    is_default_version: bool,
    create_date: Moment,
}

impl PolicyVersion {
    pub(super) fn with_text(policy: &ManagedPolicy, text: &PolicyText) -> Self {
        Self {
            document: Some(encoded(text)),
            ..Self::of(policy)
        }
    }

    fn of(policy: &ManagedPolicy) -> Self {
        Self {
            document: None,
            version_id: VERSION,
            is_default_version: true,
            create_date: Moment(policy.created),
        }
    }
}

/// Output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    versions: Members<PolicyVersion>,
    is_truncated: bool,
}

impl Operation for ListPolicyVersions {
    const NAME: &'static str = "ListPolicyVersions";
    const KIND: Kind = Kind::Read;
    type Input = OfPolicy;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: OfPolicy) -> Result<Output, ApiError> {
        let policy = world.iam.of(&cx.scope.account).policy(&input.policy_arn)?;
        Ok(Output {
            versions: Members::from_iter([PolicyVersion::of(policy)]),
            is_truncated: false,
        })
    }
}
