//! GetSecretValue: the value of one version, AWSCURRENT by default [R].

use serde::Deserialize;

use crate::ids::{StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::secret::Selector;

use super::secret_value::SecretValueShape;
use super::target::Call;

const CALL: Call = Call::on_value(GetSecretValue::NAME);

/// GetSecretValue [M].
pub(super) struct GetSecretValue;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

impl Operation for GetSecretValue {
    const NAME: &'static str = "GetSecretValue";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = SecretValueShape;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<SecretValueShape, ApiError> {
        let mut secret = CALL.read(world, cx, &input.secret_id)?.secret;
        let version = input.version_id.map(VersionId::new);
        let label = input.version_stage.map(StagingLabel::new);
        let selector = Selector {
            version: version.as_ref(),
            label: label.as_ref(),
        };
        Ok(SecretValueShape::new(secret.read(selector, cx.now)?))
    }
}
