//! UpdateSecret: metadata, and a new AWSCURRENT version if a value is given [R].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::error::ApiError;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::PutEffect;
use crate::state::{Rotating, World};
use crate::wire::blob::Blob;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input;
use super::shape::VersionIdentity;

/// UpdateSecret [M].
pub(super) struct UpdateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_binary: Option<Blob>,
    secret_string: Option<String>,
    r#type: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        input::check_token(
            violations,
            "clientRequestToken",
            self.client_request_token.as_ref(),
        );
        violations.optional_text("description", self.description.as_ref(), between(0, 2048));
        violations.optional_text("kmsKeyId", self.kms_key_id.as_ref(), between(0, 2048));
        input::check_value(
            violations,
            self.secret_string.as_ref(),
            self.secret_binary.as_ref(),
        );
    }
}

impl Operation for UpdateSecret {
    const NAME: &'static str = "UpdateSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = VersionIdentity;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<VersionIdentity, ApiError> {
        lookup::check_id(&input.secret_id)?;
        let token = input::token(input.client_request_token)?;
        let value = input::value(input.secret_string, input.secret_binary)?;
        input::refuse(input.r#type.as_ref(), "Type")?;

        let Rotating {
            secrets, rotations, ..
        } = world.rotating(cx.scope);
        let secret = secrets.live_mut(&input.secret_id, cx.scope)?;
        let version = value.is_some().then(|| token.clone());
        let effect = match value {
            Some(value) => secret.put(&token, value, None, cx.now)?,
            None => PutEffect::Unchanged,
        };
        secret.describe(input.description, cx.now);
        if let Some(key) = input.kms_key_id {
            secret.set_kms_key(Some(key).filter(|key| !key.is_empty()));
        }
        if effect == (PutEffect::Stored { is_current: true }) {
            rotations.current_was_put(secret, &token, cx.now);
        }
        Ok(VersionIdentity::new(secret, version))
    }
}
