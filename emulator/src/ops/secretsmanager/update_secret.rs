//! UpdateSecret: metadata, and a new AWSCURRENT version if a value is given [R].

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::PutEffect;
use crate::wire::blob::Blob;

use super::input;
use super::shape::VersionIdentity;
use super::target::{Call, Target};

/// UpdateSecret [M].
pub(super) struct UpdateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_binary: Option<Blob>,
    secret_string: Option<String>,
    r#type: Option<String>,
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
        let is_only_key = value.is_none() && input.description.is_none() && input.r#type.is_none();
        if let (Some(key), true) = (&input.kms_key_id, is_only_key)
            && let Some(identity) = rekey_replica(world, cx, &input.secret_id, key)?
        {
            return Ok(identity);
        }
        let call = match value {
            Some(_) => Call::on_value(Self::NAME),
            None => Call::on_metadata(Self::NAME),
        };

        let Target {
            mut secret,
            rotations,
            settings,
            ..
        } = call.write(world, cx, &input.secret_id)?;
        let version = value.is_some().then(|| token.clone());
        let effect = match value {
            Some(value) => secret.put(&token, value, None, cx.now)?,
            None => PutEffect::Unchanged,
        };
        secret.describe(input.description, cx.now);
        if let Some(key) = input.kms_key_id {
            secret.set_kms_key(Some(key).filter(|key| !key.is_empty()));
        }
        if let Some(partner) = input.r#type {
            secret.external_mut().partner = Some(partner).filter(|partner| !partner.is_empty());
        }
        if effect == (PutEffect::Stored { is_current: true }) {
            rotations.current_was_put(&mut secret, &token, &settings.rotation, cx.now);
        }
        Ok(VersionIdentity::new(&secret, version))
    }
}

/// Of a replica the key can be changed, and nothing else [D]. Nothing if it is no replica.
fn rekey_replica(
    world: &mut World,
    cx: &Context<'_>,
    id: &str,
    key: &str,
) -> Result<Option<VersionIdentity>, ApiError> {
    let call = Call::on_metadata(UpdateSecret::NAME);
    let Target {
        mut secret, scope, ..
    } = call.read(world, cx, id)?;
    if !secret.is_replica() {
        return Ok(None);
    }
    secret.check_live()?;
    let key = Some(key.to_owned()).filter(|key| !key.is_empty());
    secret.set_kms_key(key.clone());
    secret.touch(cx.now);
    let (identity, name) = (VersionIdentity::new(&secret, None), secret.name.clone());
    drop(secret);
    world.rekey_replica(&scope, &name, key.as_deref());
    Ok(Some(identity))
}
