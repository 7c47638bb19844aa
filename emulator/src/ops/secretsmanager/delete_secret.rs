//! DeleteSecret: after a recovery window, or at once by force.

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::deletion::DeletionRequest;
use crate::state::secrets::lookup::{self, SUFFIX_LENGTH};
use crate::wire::epoch::EpochSeconds;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::input;

/// DeleteSecret [M].
pub(super) struct DeleteSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
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
    name: String,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
    }
}

impl Operation for DeleteSecret {
    const NAME: &'static str = "DeleteSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        lookup::check_id(&input.secret_id)?;
        let is_forced = input.force_delete_without_recovery.unwrap_or(false);
        let request = DeletionRequest::new(input.recovery_window_in_days, is_forced)?;
        let suffix = cx.entropy.alphanumeric(SUFFIX_LENGTH);
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let deleted = partition.secrets.delete(
            &input.secret_id,
            request,
            cx.scope,
            &suffix,
            settings.secrets,
            cx.now,
        )?;
        Ok(Output {
            arn: deleted.arn,
            deletion_date: EpochSeconds(deleted.due),
            name: deleted.name,
        })
    }
}
