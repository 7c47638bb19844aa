//! PutSecretValue: a new version with labels, or the value of a rotation's placeholder.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::{PutEffect, Secret};
use crate::wire::blob::Blob;

use super::target::{Call, Target};
use super::{input, shape};

const CALL: Call = Call::on_value(PutSecretValue::NAME);

/// PutSecretValue [M].
pub(super) struct PutSecretValue;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
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
    name: Arc<str>,
    version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<Vec<StagingLabel>>,
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

        let Target {
            mut secret,
            rotations,
            settings,
            ..
        } = CALL.write(world, cx, &input.secret_id)?;
        check_rotation_token(&secret, input.rotation_token.as_deref())?;
        let labels = secret.labels_of_first_value(&token, labels, settings.secrets.first_value);
        let effect = secret.put(&token, value, labels, cx.now)?;
        if effect == (PutEffect::Stored { is_current: true }) {
            rotations.current_was_put(&mut secret, &token, &settings.rotation, cx.now);
        }
        Ok(Output {
            arn: secret.arn.clone(),
            name: Arc::clone(&secret.name),
            version_stages: shape::stages(&secret, &token),
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
