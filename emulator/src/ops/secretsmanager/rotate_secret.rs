//! RotateSecret: accepts a rotation, whose steps run afterwards [R][D].

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::ids::{FunctionArn, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;
use crate::state::secrets::rotation::{RotationKind, RotationOrigin, RotationStart};
use crate::state::secrets::version::RotationToken;
use crate::state::{Rotating, World};
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input;
use super::rotation_rules::RulesShape;
use super::shape::VersionIdentity;

/// RotateSecret [M].
pub(super) struct RotateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    client_request_token: Option<String>,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<RulesShape>,
    rotate_immediately: Option<bool>,
    external_secret_rotation_metadata: Option<IgnoredAny>,
    external_secret_rotation_role_arn: Option<IgnoredAny>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        input::check_token(
            violations,
            "clientRequestToken",
            self.client_request_token.as_ref(),
        );
        let function = self.rotation_lambda_arn.as_ref();
        violations.optional_text("rotationLambdaARN", function, between(0, 2048));
        if let Some(rules) = &self.rotation_rules {
            rules.check(violations);
        }
    }
}

impl Operation for RotateSecret {
    const NAME: &'static str = "RotateSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = VersionIdentity;

    /// Nothing is saved unless everything is accepted [R]. A token whose rotation runs, or ran to
    /// its end, starts nothing [?].
    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<VersionIdentity, ApiError> {
        lookup::check_id(&input.secret_id)?;
        let token = input
            .client_request_token
            .ok_or(SecretsError::RotationTokenMissing)?;
        let token = VersionId::new(token);
        let rules = input
            .rotation_rules
            .map(|rules| rules.rules())
            .transpose()?;
        refuse_external(
            input.external_secret_rotation_metadata.as_ref(),
            input.external_secret_rotation_role_arn.as_ref(),
        )?;

        let Rotating {
            secrets,
            rotations,
            functions,
            ..
        } = world.rotating(cx.scope);
        let secret = secrets.live_mut(&input.secret_id, cx.scope)?;
        let named = input.rotation_lambda_arn.filter(|arn| !arn.is_empty());
        let function = secret.rotation_function(named.map(FunctionArn::new))?;
        if !functions.contains(&function) {
            return Err(SecretsError::FunctionNotInvocable.into());
        }
        if !rotations.is_running(&secret.arn, &token) && !secret.has_rotated_under(&token) {
            let start = RotationStart {
                token: token.clone(),
                rotation_token: RotationToken::new(cx.entropy.uuid().to_string()),
                function,
                rules,
                kind: kind(input.rotate_immediately),
                origin: RotationOrigin::Call,
            };
            rotations.start(secret, cx.scope, start, cx.now)?;
        }
        Ok(VersionIdentity::new(secret, Some(token)))
    }
}

/// RotateImmediately is true by default [R].
fn kind(rotate_immediately: Option<bool>) -> RotationKind {
    if rotate_immediately == Some(false) {
        RotationKind::TestOnly
    } else {
        RotationKind::Full
    }
}

fn refuse_external(
    metadata: Option<&IgnoredAny>,
    role: Option<&IgnoredAny>,
) -> Result<(), SecretsError> {
    input::refuse(metadata, "ExternalSecretRotationMetadata")?;
    input::refuse(role, "ExternalSecretRotationRoleArn")
}
