//! createSecret: make one key and store it as the pending version.
//!
//! All that cannot be repeated is here: AppSync chooses the key, CreateApiKey takes no client
//! token, and a version's value can never be changed (API models).

use super::obtain::{NewKey, obtain};
use super::upkeep::{self, known_while_creating};
use super::{Run, Version};
use crate::aws::secrets::{Put, Stored};
use crate::clock::Backoff;
use crate::error::{Problem, RotationError};
use crate::expiry::HOUR;
use crate::key::ListedKey;
use crate::labels::CURRENT;
use crate::retire::made_for;
use crate::secret_value::SecretValue;
use crate::standing::{Standing, describe_and_judge};
use std::time::Duration;

/// Tries of PutSecretValue, on top of the SDK's own.
const PUTS: u32 = 3;
/// A retry within this time of storing the value need not look after the other keys again.
const KEPT_ALIVE_FOR: i64 = HOUR;

/// Runs the step.
pub(crate) async fn create_secret(run: &Run<'_>) -> Result<(), RotationError> {
    if let Some(stored) = run.secrets.read(&run.secret.arn, run.token).await? {
        return accept_stored(run, stored).await;
    }
    let current = run.current().await?;
    let initial = SecretValue::initial(run.field()?.as_deref());
    let base = current.as_ref().map_or(&initial, |current| &current.value);
    let api = run.api(base)?;
    if let Some(holder) = run.secret.labels.holder(CURRENT) {
        run.known.note(&run.secret.arn, holder, &api);
    }
    let policy = run.policy()?;
    let too_large = |reason| Problem::Malformed {
        label: CURRENT,
        reason,
    };
    base.check_size().map_err(too_large)?;

    let keys = run.list(&api).await?;
    keep_alive(run, &api, &keys, current.as_ref()).await;
    let new = obtain(run, &api, &policy, keys, current.as_ref()).await?;
    if run.has_taken_long() && still_stands(run).await? == Standing::Current {
        return Ok(());
    }
    let text = base.with_key(&new.key).map_err(too_large)?;
    store(run, &api, &text, new).await
}

/// The version has its value already: nothing is made, however often the step is repeated.
async fn accept_stored(run: &Run<'_>, stored: Stored) -> Result<(), RotationError> {
    let age = stored.created.map(|created| run.clock.now() - created);
    if age.is_none_or(|age| age >= KEPT_ALIVE_FOR)
        && let Err(error) = keep_alive_while_failing(run).await
    {
        tracing::warn!(%error, "could not look after the keys in use");
    }
    let pending = run.accept(stored)?;
    tracing::info!(key = %pending.key.fingerprint(), "the version has its value already");
    Ok(())
}

/// A rotation that is retried for days must not let the current key run out meanwhile.
async fn keep_alive_while_failing(run: &Run<'_>) -> Result<(), RotationError> {
    let Some(current) = run.current().await? else {
        return Ok(());
    };
    let api = run.api(&current.value)?;
    let keys = run.list(&api).await?;
    keep_alive(run, &api, &keys, Some(&current)).await;
    Ok(())
}

/// PutSecretValue would put AWSPENDING back on a version that lost it while this step waited.
async fn still_stands(run: &Run<'_>) -> Result<Standing, RotationError> {
    let (arn, may_begin) = (&run.secret.arn, run.may_begin);
    let (_, standing) = describe_and_judge(&run.secrets, arn, run.token, may_begin).await?;
    Ok(standing)
}

/// Extends the keys in use; the one made for this version is left to adoption and setSecret.
async fn keep_alive(run: &Run<'_>, api: &str, keys: &[ListedKey], current: Option<&Version>) {
    run.note_current(
        current.and_then(|current| current.value.key()).as_ref(),
        keys,
    );
    let named = upkeep::named(
        run,
        keys,
        &run.secret.labels,
        &known_while_creating(run, current),
    )
    .await;
    upkeep::extend(run, api, keys, &named.without(&made_for(run.token, keys))).await;
}

/// Stores the key. If that fails the key stays: a retry of this version adopts it, and the key
/// of an abandoned version is retired once it is old.
async fn store(run: &Run<'_>, api: &str, text: &str, new: NewKey) -> Result<(), RotationError> {
    let (arn, token) = (&run.secret.arn, run.token);
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(4));
    for attempt in 1.. {
        match run
            .secrets
            .put_pending(arn, token, text, run.rotation_token)
            .await
        {
            Ok(Put::Stored) => break,
            Ok(Put::AlreadyOther) => return yield_to_stored(run, api, new).await,
            Err(failure) if failure.is_transient() && attempt < PUTS => {
                failure.warn("repeating PutSecretValue, which is idempotent");
                run.clock.pause(backoff.next()).await?;
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    tracing::info!("createSecret: Successfully put secret for ARN {arn} and version {token}.");
    Ok(())
}

/// Another invocation has stored its key first. Ours is of no use, and as this invocation made
/// it, nobody can have stored it elsewhere: whoever adopts it would meet the stored value too.
async fn yield_to_stored(run: &Run<'_>, api: &str, new: NewKey) -> Result<(), RotationError> {
    let stored = run.pending().await?;
    tracing::info!(stored = %stored.key.fingerprint(), "another invocation was first");
    if new.is_own
        && stored.key != new.key
        && let Err(failure) = run.keys.delete(api, &new.key).await
    {
        failure.warn("the superfluous key will be retired later");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
