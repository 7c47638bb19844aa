//! PutSecretValue: a new version with labels, or the value of a rotation's placeholder.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::{PutEffect, Secret};
use crate::state::{Rotating, World};
use crate::wire::blob::Blob;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::{input, shape};

/// PutSecretValue [M].
pub(super) struct PutSecretValue;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    client_request_token: Option<String>,
    secret_binary: Option<Blob>,
    secret_string: Option<String>,
    version_stages: Option<Vec<String>>,
    rotation_token: Option<String>,
}

/// Output: the labels are those that the version has now [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
    version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<Vec<StagingLabel>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        input::check_token(
            violations,
            "clientRequestToken",
            self.client_request_token.as_ref(),
        );
        input::check_value(
            violations,
            self.secret_string.as_ref(),
            self.secret_binary.as_ref(),
        );
        if let Some(stages) = &self.version_stages {
            violations.items("versionStages", stages, between(1, 20));
            for (number, stage) in (1..).zip(stages) {
                let path = format!("versionStages.{number}.member");
                violations.text(&path, stage, between(1, 256));
            }
        }
        if let Some(token) = &self.rotation_token {
            violations.sensitive("rotationToken", token.len(), between(36, 256));
        }
    }
}

impl Operation for PutSecretValue {
    const NAME: &'static str = "PutSecretValue";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        lookup::check_id(&input.secret_id)?;
        let token = input::token(input.client_request_token)?;
        let value = input::value(input.secret_string, input.secret_binary)?;
        let value = value.ok_or(SecretsError::ValueMissing)?;
        let labels = input.version_stages.map(label_set);

        let Rotating {
            secrets, rotations, ..
        } = world.rotating(cx.scope);
        let secret = secrets.live_mut(&input.secret_id, cx.scope)?;
        check_rotation_token(secret, input.rotation_token.as_deref())?;
        let effect = secret.put(&token, value, labels, cx.now)?;
        if effect == (PutEffect::Stored { is_current: true }) {
            rotations.current_was_put(secret, &token, cx.now);
        }
        Ok(Output {
            arn: secret.arn.clone(),
            name: secret.name.clone(),
            version_stages: shape::stages(secret, &token),
            version_id: token,
        })
    }
}

fn label_set(labels: Vec<String>) -> BTreeSet<StagingLabel> {
    labels.into_iter().map(StagingLabel::new).collect()
}

/// A RotationToken may be left out; a wrong one is refused [?].
fn check_rotation_token(secret: &Secret, token: Option<&str>) -> Result<(), SecretsError> {
    match token {
        Some(token) if !secret.knows_rotation_token(token) => Err(SecretsError::WrongRotationToken),
        _ => Ok(()),
    }
}
