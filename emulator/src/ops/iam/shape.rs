//! The shapes of answers.

use serde::Serialize;

use crate::state::iam::error::IamError;
use crate::state::iam::identity::Identity;
use crate::state::iam::managed_policy::ManagedPolicy;
use crate::state::iam::role::Role;
use crate::state::iam::tags::Tags;
use crate::state::iam::user::User;
use crate::state::iam::{Accounts, Attached, Iam};
use crate::wire::aws_query::{Members, Moment};

use super::input::Page;
use super::list_policy_versions::PolicyVersion;
use super::paging::page;
use super::policy::{encoded, shown};

/// An answer without members.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Empty {}

/// A role.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleShape {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Moment,
    assume_role_policy_document: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_session_duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<Tag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_last_used: Option<Empty>,
}

/// A tag.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    key: String,
    value: String,
}

impl Tag {
    pub(super) fn new((key, value): (&String, &String)) -> Self {
        Self {
            key: key.clone(),
            value: value.clone(),
        }
    }
}

/// Tags; none at all rather than an empty list.
pub(super) fn tags(tags: &Tags) -> Option<Members<Tag>> {
    (!tags.is_empty()).then(|| tags.iter().map(Tag::new).collect())
}

impl RoleShape {
    /// As CreateRole tells it: no description, no length of sessions [R].
    pub(super) fn made(role: &Role, accounts: &Accounts) -> Self {
        let identity = &role.identity;
        Self {
            path: identity.path.clone(),
            role_name: identity.name.clone(),
            role_id: identity.id.clone(),
            arn: identity.arn.clone(),
            create_date: Moment(identity.created),
            assume_role_policy_document: encoded(&shown(&role.trust, accounts)),
            description: None,
            max_session_duration: None,
            tags: tags(&identity.tags),
            role_last_used: None,
        }
    }

    /// As GetRole tells it. Nobody waits here until a use is told [ours].
    pub(super) fn whole(role: &Role, accounts: &Accounts) -> Self {
        Self {
            description: role.description.clone(),
            max_session_duration: Some(role.max_session_seconds),
            role_last_used: Some(Empty {}),
            ..Self::made(role, accounts)
        }
    }

    /// As ListRoles tells it: without tags [R].
    pub(super) fn listed(role: &Role, accounts: &Accounts) -> Self {
        Self {
            tags: None,
            role_last_used: None,
            ..Self::whole(role, accounts)
        }
    }
}

/// One role.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRole {
    pub(super) role: RoleShape,
}

/// A user.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserShape {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<Tag>>,
}

impl From<&User> for UserShape {
    fn from(user: &User) -> Self {
        let identity = &user.identity;
        Self {
            path: identity.path.clone(),
            user_name: identity.name.clone(),
            user_id: identity.id.clone(),
            arn: identity.arn.clone(),
            create_date: Moment(identity.created),
            tags: tags(&identity.tags),
        }
    }
}

/// One user.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneUser {
    pub(super) user: UserShape,
}

/// A managed policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyShape {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: String,
    attachment_count: usize,
    permissions_boundary_usage_count: usize,
    is_attachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    create_date: Moment,
    update_date: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version_list: Option<Members<PolicyVersion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<Tag>>,
}

impl PolicyShape {
    /// Without description and tags, as lists tell it [R].
    pub(super) fn listed(policy: &ManagedPolicy, attachment_count: usize) -> Self {
        Self {
            policy_name: policy.name.clone(),
            policy_id: policy.id.clone(),
            arn: policy.arn.clone(),
            path: policy.path.clone(),
            default_version_id: policy.version.clone(),
            attachment_count,
            permissions_boundary_usage_count: 0,
            is_attachable: true,
            description: None,
            create_date: Moment(policy.created),
            update_date: Moment(policy.created),
            policy_version_list: None,
            tags: None,
        }
    }

    /// As GetAccountAuthorizationDetails tells it: with the text of its version.
    pub(super) fn with_version(policy: &ManagedPolicy, attachment_count: usize) -> Self {
        let version = PolicyVersion::with_text(policy, &policy.version, &policy.text);
        Self {
            policy_version_list: Some(Members::from_iter([version])),
            ..Self::listed(policy, attachment_count)
        }
    }

    /// As CreatePolicy tells it: without the description, and tags only if there are any [R].
    pub(super) fn made(policy: &ManagedPolicy) -> Self {
        Self {
            tags: tags(&policy.tags),
            ..Self::listed(policy, 0)
        }
    }

    /// As GetPolicy tells it: tags even if there are none [R].
    pub(super) fn whole(policy: &ManagedPolicy, attachment_count: usize) -> Self {
        Self {
            description: policy.description.clone(),
            tags: Some(policy.tags.iter().map(Tag::new).collect()),
            ..Self::listed(policy, attachment_count)
        }
    }
}

/// One managed policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy {
    pub(super) policy: PolicyShape,
}

/// A list of names of inline policies.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyNames {
    policy_names: Members<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl PolicyNames {
    pub(super) fn of(identity: &Identity, asked: &Page) -> Result<Self, IamError> {
        let names = identity.inline.keys();
        let page = page(names.map(|name| (name.clone(), name.clone())), asked)?;
        Ok(Self {
            policy_names: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}

/// A list of attached policies.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachedPolicies {
    attached_policies: Members<AttachedPolicy>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

impl AttachedPolicy {
    pub(super) fn all(iam: &Iam, identity: &Identity) -> impl Iterator<Item = Self> {
        let attached = iam.attached(identity).into_iter();
        attached.map(|Attached { arn, name }| Self {
            policy_name: name,
            policy_arn: arn,
        })
    }
}

impl AttachedPolicies {
    pub(super) fn of(
        iam: &Iam,
        identity: &Identity,
        prefix: Option<&String>,
        asked: &Page,
    ) -> Result<Self, IamError> {
        let is_below = |it: &AttachedPolicy| {
            let path = it
                .policy_arn
                .split_once(":policy")
                .map_or("", |(_, path)| path);
            prefix.is_none_or(|prefix| path.starts_with(prefix.as_str()))
        };
        let attached = AttachedPolicy::all(iam, identity).filter(is_below);
        let page = page(attached.map(|it| (it.policy_arn.clone(), it)), asked)?;
        Ok(Self {
            attached_policies: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}

/// A list of tags.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagList {
    tags: Members<Tag>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl TagList {
    pub(super) fn of(tags: &Tags, asked: &Page) -> Result<Self, IamError> {
        let entries = tags.iter().map(|tag| (tag.0.clone(), Tag::new(tag)));
        let page = page(entries, asked)?;
        Ok(Self {
            tags: page.entries,
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}
