//! GetSecretValue: the value of one version, AWSCURRENT by default [R].

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::secret::{Reading, Selector};
use crate::state::secrets::version::SecretValue;
use crate::wire::blob::Blob;
use crate::wire::epoch::EpochSeconds;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::{input, shape};

/// GetSecretValue [M].
pub(super) struct GetSecretValue;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    version_id: Option<String>,
    version_stage: Option<String>,
}

/// Output: exactly one of the two values [R]. It has no `Debug`, since it is all secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    created_date: EpochSeconds,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_binary: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<String>,
    version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<Vec<StagingLabel>>,
}

impl Output {
    fn new(reading: Reading<'_>) -> Self {
        let Reading {
            secret,
            id,
            version,
            value,
        } = reading;
        let (secret_string, secret_binary) = match value {
            SecretValue::Text(text) => (Some(text.to_string()), None),
            SecretValue::Binary(bytes) => (None, Some(Blob(bytes.to_vec()))),
        };
        Self {
            arn: secret.arn.clone(),
            created_date: EpochSeconds(version.created),
            name: secret.name.clone(),
            secret_binary,
            secret_string,
            version_stages: shape::stages(secret, &id),
            version_id: id,
        }
    }
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        input::check_token(violations, "versionId", self.version_id.as_ref());
        violations.optional_text("versionStage", self.version_stage.as_ref(), between(1, 256));
    }
}

impl Operation for GetSecretValue {
    const NAME: &'static str = "GetSecretValue";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let secret = cx
            .partition(world)
            .secrets
            .live_mut(&input.secret_id, cx.scope)?;
        let version = input.version_id.map(VersionId::new);
        let label = input.version_stage.map(StagingLabel::new);
        let selector = Selector {
            version: version.as_ref(),
            label: label.as_ref(),
        };
        Ok(Output::new(secret.read(selector, cx.now)?))
    }
}
