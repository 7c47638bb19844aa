//! IAM.
//!
//! In reading order: [`input`] and [`shape`] (what several operations share), [`policy`] (texts of
//! policies in and out), then one file for each operation.

mod attach_role_policy;
mod attach_user_policy;
mod create_access_key;
mod create_policy;
mod create_role;
mod create_user;
mod delete_access_key;
mod delete_policy;
mod delete_role;
mod delete_role_policy;
mod delete_user;
mod delete_user_policy;
mod detach_role_policy;
mod detach_user_policy;
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
mod list_instance_profiles_for_role;
mod list_policy_versions;
mod list_role_policies;
mod list_roles;
mod list_user_policies;
pub(super) mod policy;
mod put_role_policy;
mod put_user_policy;
mod shape;
mod update_assume_role_policy;

use crate::wire::service::Service;
use crate::wire::validate::Constrained;

use super::Row;
use super::operation::Operation;

/// Its operations.
pub const ROWS: &[Row] = &[
    row::<create_role::CreateRole>(),
    row::<get_role::GetRole>(),
    row::<list_roles::ListRoles>(),
    row::<update_assume_role_policy::UpdateAssumeRolePolicy>(),
    row::<delete_role::DeleteRole>(),
    row::<put_role_policy::PutRolePolicy>(),
    row::<get_role_policy::GetRolePolicy>(),
    row::<list_role_policies::ListRolePolicies>(),
    row::<delete_role_policy::DeleteRolePolicy>(),
    row::<attach_role_policy::AttachRolePolicy>(),
    row::<list_attached_role_policies::ListAttachedRolePolicies>(),
    row::<detach_role_policy::DetachRolePolicy>(),
    row::<list_instance_profiles_for_role::ListInstanceProfilesForRole>(),
    row::<create_policy::CreatePolicy>(),
    row::<get_policy::GetPolicy>(),
    row::<get_policy_version::GetPolicyVersion>(),
    row::<list_policy_versions::ListPolicyVersions>(),
    row::<delete_policy::DeletePolicy>(),
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
    row::<create_access_key::CreateAccessKey>(),
    row::<list_access_keys::ListAccessKeys>(),
    row::<delete_access_key::DeleteAccessKey>(),
];

const fn row<O: Operation>() -> Row
where
    O::Input: Constrained,
{
    Row::query::<O>(Service::Iam)
}
