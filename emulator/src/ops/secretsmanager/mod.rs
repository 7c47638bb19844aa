//! Secrets Manager.
//!
//! In reading order: [`input`], [`shape`], [`details`], [`rotation_rules`], [`policy`] and
//! [`paging`] (what several operations share), then one file for each operation.

mod cancel_rotate_secret;
mod create_secret;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod details;
mod get_random_password;
mod get_resource_policy;
mod get_secret_value;
mod input;
mod list_secret_version_ids;
mod list_secrets;
mod paging;
mod policy;
mod put_resource_policy;
mod put_secret_value;
mod restore_secret;
mod rotate_secret;
mod rotation_rules;
mod shape;
mod tag_resource;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;

use crate::wire::service::Service;

use super::Row;
use super::operation::Operation;

/// Its operations.
pub const ROWS: &[Row] = &[
    row::<create_secret::CreateSecret>(),
    row::<get_secret_value::GetSecretValue>(),
    row::<put_secret_value::PutSecretValue>(),
    row::<update_secret::UpdateSecret>(),
    row::<update_secret_version_stage::UpdateSecretVersionStage>(),
    row::<describe_secret::DescribeSecret>(),
    row::<list_secret_version_ids::ListSecretVersionIds>(),
    row::<list_secrets::ListSecrets>(),
    row::<rotate_secret::RotateSecret>(),
    row::<cancel_rotate_secret::CancelRotateSecret>(),
    row::<delete_secret::DeleteSecret>(),
    row::<restore_secret::RestoreSecret>(),
    row::<tag_resource::TagResource>(),
    row::<untag_resource::UntagResource>(),
    row::<put_resource_policy::PutResourcePolicy>(),
    row::<get_resource_policy::GetResourcePolicy>(),
    row::<delete_resource_policy::DeleteResourcePolicy>(),
    row::<get_random_password::GetRandomPassword>(),
];

const fn row<O: Operation>() -> Row {
    Row::target::<O>(Service::SecretsManager)
}
