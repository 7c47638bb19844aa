//! RotateSecret: accepts a rotation, whose steps run afterwards [R][D].

use serde::Deserialize;

use crate::ids::{FunctionArn, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::permission::{Invoker, SECRETS_MANAGER};
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;
use crate::state::secrets::rotation::{RotationKind, RotationOrigin, RotationStart};
use crate::state::secrets::version::RotationToken;

use super::rotation_rules::RulesShape;
use super::shape::{MetadataItem, VersionIdentity};
use super::target::{Call, Target};

const CALL: Call = Call::on_metadata(RotateSecret::NAME);

/// RotateSecret [M].
pub(super) struct RotateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    client_request_token: Option<String>,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<RulesShape>,
    rotate_immediately: Option<bool>,
    external_secret_rotation_metadata: Option<Vec<MetadataItem>>,
    external_secret_rotation_role_arn: Option<String>,
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

        let Target {
            mut secret,
            scope,
            rotations,
            started,
            lambda,
            ..
        } = CALL.write(world, cx, &input.secret_id)?;
        if let Some(role) = input.external_secret_rotation_role_arn {
            return Err(SecretsError::RoleNotAssumable(role).into());
        }
        let named = input.rotation_lambda_arn.filter(|arn| !arn.is_empty());
        let function = secret.rotation_function(named.map(FunctionArn::new))?;
        let invoker = Invoker {
            service: SECRETS_MANAGER,
            source_account: scope.account.as_str(),
            source_arn: secret.arn.as_str(),
        };
        if !started.contains_key(&function) && !lambda.may_invoke(&function, &scope, &invoker) {
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
            rotations.start(&mut secret, &scope, start, cx.now)?;
        }
        if let Some(metadata) = input.external_secret_rotation_metadata {
            secret.external_mut().metadata = metadata.into_iter().map(Into::into).collect();
        }
        Ok(VersionIdentity::new(&secret, Some(token)))
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
