//! Secrets Manager.
//!
//! In reading order: [`target`], [`input`], [`shape`], [`secret_value`], [`details`],
//! [`replication`], [`rotation_rules`], [`policy`], [`filters`] and [`paging`] (what several
//! operations share), then one file for each operation. What a request may not violate stands in
//! the table of [`crate::wire::constraints`].

mod associate_cross_account_replica;
mod batch_get_secret_value;
mod cancel_rotate_secret;
mod create_secret;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod details;
mod disassociate_cross_account_replica;
mod filters;
mod get_random_password;
mod get_resource_policy;
mod get_secret_value;
mod input;
mod list_resource_policies;
mod list_secret_version_ids;
mod list_secrets;
mod paging;
mod policy;
mod put_resource_policy;
mod put_secret_value;
mod remove_regions_from_replication;
mod replicate_secret_to_regions;
mod replication;
mod restore_secret;
mod rotate_secret;
mod rotation_rules;
mod secret_value;
mod shape;
mod stop_replication_to_replica;
mod tag_resource;
mod target;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;
mod validate_resource_policy;

use crate::wire::service::Service;

use super::Row;
use super::operation::Operation;

/// Its operations.
pub const ROWS: &[Row] = &[
    row::<create_secret::CreateSecret>(),
    row::<get_secret_value::GetSecretValue>(),
    row::<batch_get_secret_value::BatchGetSecretValue>(),
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
    row::<validate_resource_policy::ValidateResourcePolicy>(),
    row::<list_resource_policies::ListResourcePolicies>(),
    row::<replicate_secret_to_regions::ReplicateSecretToRegions>(),
    row::<remove_regions_from_replication::RemoveRegionsFromReplication>(),
    row::<stop_replication_to_replica::StopReplicationToReplica>(),
    row::<associate_cross_account_replica::AssociateCrossAccountReplica>(),
    row::<disassociate_cross_account_replica::DisassociateCrossAccountReplica>(),
    row::<get_random_password::GetRandomPassword>(),
];

const fn row<O: Operation>() -> Row {
    Row::tabled::<O>(Service::SecretsManager)
}
