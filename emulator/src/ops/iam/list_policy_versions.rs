//! ListPolicyVersions: the versions of a managed policy, of which one counts.

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::managed_policy::ManagedPolicy;
use crate::state::policy::PolicyText;
use crate::wire::aws_query::{Members, Moment};

use super::input::ListOfPolicy;
use super::managed;
use super::paging::page;
use super::policy::encoded;

/// ListPolicyVersions [M].
pub(super) struct ListPolicyVersions;

/// A version; its text is told by GetPolicyVersion only [M].
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyVersion {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: Moment,
}

impl PolicyVersion {
    pub(super) fn with_text(policy: &ManagedPolicy, version: &str, text: &PolicyText) -> Self {
        Self {
            document: Some(encoded(&text.text)),
            ..Self::of(policy, version)
        }
    }

    /// When it was made is told as when the policy was [ours].
    pub(super) fn of(policy: &ManagedPolicy, version: &str) -> Self {
        Self {
            document: None,
            version_id: version.to_owned(),
            is_default_version: version == policy.version,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListPolicyVersions {
    const NAME: &'static str = "ListPolicyVersions";
    const KIND: Kind = Kind::Read;
    type Input = ListOfPolicy;
    type Output = Output;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: ListOfPolicy,
    ) -> Result<Output, ApiError> {
        let policy = managed::find(world.iam.of(&cx.scope.account), &input.policy_arn)?;
        let others = policy.others.iter().map(|other| &other.name);
        let names = others.chain([&policy.version]);
        let versions = names.map(|name| (name.clone(), PolicyVersion::of(policy, name)));
        let page = page(versions, &input.page)?;
        Ok(Output {
            versions: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}
