//! The shapes of answers.

use serde::Serialize;

use crate::state::iam::identity::Identity;
use crate::state::iam::managed_policy::{ManagedPolicy, VERSION};
use crate::state::iam::role::Role;
use crate::state::iam::user::User;
use crate::state::iam::{Attached, Iam};
use crate::wire::aws_query::{Members, Moment};

use super::policy::encoded;

/// An answer without members.
#[derive(Debug, Serialize)]
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
    max_session_duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<Tag>>,
}

/// A tag.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    key: String,
    value: String,
}

/// The tags of a user or a role; none at all rather than an empty list.
fn tags(identity: &Identity) -> Option<Members<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: value.clone(),
    };
    let tags = identity.tags.iter().map(tag).collect();
    (!identity.tags.is_empty()).then_some(tags)
}

impl From<&Role> for RoleShape {
    fn from(role: &Role) -> Self {
        let identity = &role.identity;
        Self {
            path: identity.path.clone(),
            role_name: identity.name.clone(),
            role_id: identity.id.clone(),
            arn: identity.arn.clone(),
            create_date: Moment(identity.created),
            assume_role_policy_document: encoded(&role.trust),
            description: role.description.clone(),
            max_session_duration: role.max_session_seconds,
            tags: tags(identity),
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
            tags: tags(identity),
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
    default_version_id: &'static str,
    attachment_count: usize,
    is_attachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    create_date: Moment,
    update_date: Moment,
}

impl PolicyShape {
    pub(super) fn new(policy: &ManagedPolicy, attachment_count: usize) -> Self {
        Self {
            policy_name: policy.name.clone(),
            policy_id: policy.id.clone(),
            arn: policy.arn.clone(),
            path: policy.path.clone(),
            default_version_id: VERSION,
            attachment_count,
            is_attachable: true,
            description: policy.description.clone(),
            create_date: Moment(policy.created),
            update_date: Moment(policy.created),
        }
    }
}

/// One managed policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy {
    pub(super) policy: PolicyShape,
}

/// A list of names of inline policies. Everything is on one page.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyNames {
    policy_names: Members<String>,
    is_truncated: bool,
}

impl From<&Identity> for PolicyNames {
    fn from(identity: &Identity) -> Self {
        Self {
            policy_names: identity.inline.keys().cloned().collect(),
            is_truncated: false,
        }
    }
}

/// A list of attached policies. Everything is on one page: there are ten at most.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachedPolicies {
    attached_policies: Members<AttachedPolicy>,
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

impl AttachedPolicies {
    pub(super) fn of(iam: &Iam, identity: &Identity) -> Self {
        let shape = |Attached { arn, name }| AttachedPolicy {
            policy_name: name,
            policy_arn: arn,
        };
        Self {
            attached_policies: iam.attached(identity).into_iter().map(shape).collect(),
            is_truncated: false,
        }
    }
}
