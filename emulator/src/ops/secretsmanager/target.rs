//! The secret that a call is about, wherever it is kept, with what the call may need of it.
//!
//! A SecretId that is an ARN of another account reaches into that account, if the secret has a
//! resource policy and, for its value, a key of its own [R][D]. Policies themselves are not
//! evaluated here.

use std::collections::BTreeMap;

use crate::ids::{FunctionArn, Scope};
use crate::ops::Context;
use crate::state::lambda::Functions;
use crate::state::lambda::started::Started;
use crate::state::rotations::Rotations;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::guard::SecretMut;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::Secret;
use crate::state::{Rotating, Settings, World};

/// What a call touches of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// Its value, which is encrypted.
    Value,
    /// Everything else.
    Metadata,
}

/// The secret of a call.
pub(super) struct Target<'w> {
    pub(super) secret: SecretMut<'w>,
    pub(super) scope: Scope,
    pub(super) rotations: &'w mut Rotations,
    pub(super) started: &'w BTreeMap<FunctionArn, Started>,
    pub(super) lambda: &'w Functions,
    pub(super) settings: &'w Settings,
}

/// A call, as the error has to name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) touches: Touches,
}

impl Call {
    pub(super) const fn on_value(operation: &'static str) -> Self {
        let touches = Touches::Value;
        Self { operation, touches }
    }

    pub(super) const fn on_metadata(operation: &'static str) -> Self {
        let touches = Touches::Metadata;
        Self { operation, touches }
    }

    /// The secret to be changed: it is live and no replica.
    pub(super) fn write<'w>(
        self,
        world: &'w mut World,
        cx: &Context<'_>,
        id: &str,
    ) -> Result<Target<'w>, SecretsError> {
        let scope = lookup::owner(id, cx.scope).into_owned();
        let Rotating {
            secrets,
            rotations,
            started,
            lambda,
            settings,
        } = world.rotating(&scope);
        self.check(secrets.find(id, &scope)?, &scope, cx)?;
        Ok(Target {
            secret: secrets.to_write(id, &scope, settings.secrets, cx.now)?,
            scope,
            rotations,
            started,
            lambda,
            settings,
        })
    }

    /// The secret to be read, whatever its state.
    pub(super) fn read<'w>(
        self,
        world: &'w mut World,
        cx: &Context<'_>,
        id: &str,
    ) -> Result<Target<'w>, SecretsError> {
        let scope = lookup::owner(id, cx.scope).into_owned();
        let Rotating {
            secrets,
            rotations,
            started,
            lambda,
            settings,
        } = world.rotating(&scope);
        let secret = secrets.find_mut(id, &scope)?;
        self.check(&secret, &scope, cx)?;
        Ok(Target {
            secret,
            scope,
            rotations,
            started,
            lambda,
            settings,
        })
    }

    /// Refuses callers of another account that the secret does not let in.
    pub(super) fn check(
        self,
        secret: &Secret,
        owner: &Scope,
        cx: &Context<'_>,
    ) -> Result<(), SecretsError> {
        if owner == cx.scope {
            return Ok(());
        }
        if secret.policy.is_none() {
            return Err(SecretsError::NotSharedWith {
                principal: cx.signer.principal.to_string(),
                secret: secret.arn.clone(),
                operation: self.operation,
            });
        }
        if self.touches == Touches::Value && secret.kms_key_id.is_none() {
            return Err(SecretsError::DefaultKeyAcrossAccounts);
        }
        Ok(())
    }
}
