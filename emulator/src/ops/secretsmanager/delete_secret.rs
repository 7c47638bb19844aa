//! DeleteSecret: after a recovery window, or at once by force.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::deletion::DeletionRequest;
use crate::state::secrets::lookup::{self, SUFFIX_LENGTH};
use crate::wire::epoch::EpochSeconds;

use super::target::Call;

/// DeleteSecret [M].
pub(super) struct DeleteSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    recovery_window_in_days: Option<i64>,
    force_delete_without_recovery: Option<bool>,
}

/// Output: when the secret goes [R][D].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    deletion_date: EpochSeconds,
    name: Arc<str>,
}

impl Operation for DeleteSecret {
    const NAME: &'static str = "DeleteSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let id = &input.secret_id;
        lookup::check_id(id)?;
        let is_forced = input.force_delete_without_recovery.unwrap_or(false);
        let request = DeletionRequest::new(input.recovery_window_in_days, is_forced)?;
        let scope = lookup::owner(id, cx.scope).into_owned();
        let suffix = cx.entropy.alphanumeric(SUFFIX_LENGTH);
        let (partition, settings) = world.partition_and_settings(&scope);
        if let Ok(secret) = partition.secrets.find(id, &scope) {
            Call::on_metadata(Self::NAME).check(secret, &scope, cx)?;
        }
        let deleted =
            partition
                .secrets
                .delete(id, request, &scope, &suffix, settings.secrets, cx.now)?;
        Ok(Output {
            arn: deleted.arn,
            deletion_date: EpochSeconds(deleted.due),
            name: deleted.name,
        })
    }
}
