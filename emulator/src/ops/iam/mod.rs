//! IAM.
//!
//! In reading order: [`input`], [`paging`] and [`shape`] (what several operations share), [`policy`]
//! (texts of policies in and out) and [`managed`] (policies by their ARNs), then one file for each
//! operation.

mod attach_role_policy;
mod attach_user_policy;
mod create_access_key;
mod create_policy;
mod create_policy_version;
mod create_role;
mod create_user;
mod delete_access_key;
mod delete_policy;
mod delete_policy_version;
mod delete_role;
mod delete_role_policy;
mod delete_user;
mod delete_user_policy;
mod detach_role_policy;
mod detach_user_policy;
mod get_access_key_last_used;
mod get_account_authorization_details;
mod get_policy;
mod get_policy_version;
mod get_role;
mod get_role_policy;
mod get_user;
mod get_user_policy;
mod input;
mod list_access_keys;
mod list_attached_role_policies;
mod list_attached_user_policies;
mod list_groups_for_user;
mod list_instance_profiles_for_role;
mod list_policy_tags;
mod list_policy_versions;
mod list_role_policies;
mod list_role_tags;
mod list_roles;
mod list_user_policies;
mod list_user_tags;
pub(in crate::ops) mod managed;
mod paging;
pub(in crate::ops) mod policy;
mod put_role_policy;
mod put_user_policy;
mod set_default_policy_version;
mod shape;
mod tag_policy;
mod tag_role;
mod tag_user;
mod untag_policy;
mod untag_role;
mod untag_user;
mod update_access_key;
mod update_assume_role_policy;
mod update_role;
mod update_role_description;

use crate::wire::service::Service;

use super::Row;
use super::operation::Operation;

/// Its operations.
pub const ROWS: &[Row] = &[
    row::<create_role::CreateRole>(),
    row::<get_role::GetRole>(),
    row::<list_roles::ListRoles>(),
    row::<update_assume_role_policy::UpdateAssumeRolePolicy>(),
    row::<update_role::UpdateRole>(),
    row::<update_role_description::UpdateRoleDescription>(),
    row::<delete_role::DeleteRole>(),
    row::<put_role_policy::PutRolePolicy>(),
    row::<get_role_policy::GetRolePolicy>(),
    row::<list_role_policies::ListRolePolicies>(),
    row::<delete_role_policy::DeleteRolePolicy>(),
    row::<attach_role_policy::AttachRolePolicy>(),
    row::<list_attached_role_policies::ListAttachedRolePolicies>(),
    row::<detach_role_policy::DetachRolePolicy>(),
    row::<list_instance_profiles_for_role::ListInstanceProfilesForRole>(),
    row::<tag_role::TagRole>(),
    row::<untag_role::UntagRole>(),
    row::<list_role_tags::ListRoleTags>(),
    row::<create_policy::CreatePolicy>(),
    row::<get_policy::GetPolicy>(),
    row::<get_policy_version::GetPolicyVersion>(),
    row::<list_policy_versions::ListPolicyVersions>(),
    row::<create_policy_version::CreatePolicyVersion>(),
    row::<set_default_policy_version::SetDefaultPolicyVersion>(),
    row::<delete_policy_version::DeletePolicyVersion>(),
    row::<delete_policy::DeletePolicy>(),
    row::<tag_policy::TagPolicy>(),
    row::<untag_policy::UntagPolicy>(),
    row::<list_policy_tags::ListPolicyTags>(),
    row::<create_user::CreateUser>(),
    row::<get_user::GetUser>(),
    row::<delete_user::DeleteUser>(),
    row::<put_user_policy::PutUserPolicy>(),
    row::<get_user_policy::GetUserPolicy>(),
    row::<list_user_policies::ListUserPolicies>(),
    row::<delete_user_policy::DeleteUserPolicy>(),
    row::<attach_user_policy::AttachUserPolicy>(),
    row::<list_attached_user_policies::ListAttachedUserPolicies>(),
    row::<detach_user_policy::DetachUserPolicy>(),
    row::<list_groups_for_user::ListGroupsForUser>(),
    row::<tag_user::TagUser>(),
    row::<untag_user::UntagUser>(),
    row::<list_user_tags::ListUserTags>(),
    row::<create_access_key::CreateAccessKey>(),
    row::<list_access_keys::ListAccessKeys>(),
    row::<update_access_key::UpdateAccessKey>(),
    row::<get_access_key_last_used::GetAccessKeyLastUsed>(),
    row::<delete_access_key::DeleteAccessKey>(),
    row::<get_account_authorization_details::GetAccountAuthorizationDetails>(),
];

const fn row<O: Operation>() -> Row {
    Row::query::<O>(Service::Iam)
}
