//! setSecret: the key exists since createSecret, so this step only checks that it is fit to
//! become current, and tops up its life if the rotation has been delayed.

use super::{Pending, Run};
use crate::aws::Meaning;
use crate::aws::api_keys::Changed;
use crate::error::{Problem, RotationError};
use crate::key::{Key, ListedKey};
use crate::labels::CURRENT;
use crate::retire::made_for;

/// Runs the step.
pub(crate) async fn set_secret(run: &Run<'_>) -> Result<(), RotationError> {
    let pending = run.pending().await?;
    let api = run.api(&pending.version.value)?;
    let is_pinned = run.settings.pins_api(&run.secret.tags);
    let is_known_to_agree = is_pinned || run.known_api().as_ref() == Some(&api);
    let mut current_key = None;
    if !is_known_to_agree {
        current_key = compare_with_current(run, &pending, &api).await?;
    }
    let (keys, position) = match run.list_with(&api, &pending.key).await {
        Err(error) if error.error_type() == "PendingKeyGone" => {
            return Err(unwedge(run, error).await);
        }
        found => found?,
    };
    // A key that was made for this version is in no version that was there before.
    if is_known_to_agree && !made_for(run.token, &keys).contains(&position) {
        current_key = compare_with_current(run, &pending, &api).await?;
    }
    match run.secret.labels.holder(CURRENT) {
        Some(current) if current_key.is_none() => run.note_key_of(current, &keys),
        _ => run.note_current(current_key.as_ref(), &keys),
    }
    top_up(run, &api, &keys[position]).await
}

/// Refuses a pending value that would switch to another API or rotate nothing.
async fn compare_with_current(
    run: &Run<'_>,
    pending: &Pending,
    api: &str,
) -> Result<Option<Key>, RotationError> {
    let Some(current) = run.current().await? else {
        return Ok(None);
    };
    let current_api = run.api(&current.value)?;
    if current_api != api {
        let pending = api.to_owned();
        return Err(Problem::PendingOnOtherApi {
            pending,
            current: current_api,
        }
        .into());
    }
    let key = current.value.key();
    if key.as_ref() == Some(&pending.key) {
        return Err(Problem::PendingEqualsCurrent.into());
    }
    Ok(key)
}

/// Extends the pending key, which also revives an expired one.
async fn top_up(run: &Run<'_>, api: &str, listed: &ListedKey) -> Result<(), RotationError> {
    let now = run.clock.now();
    if listed.marker.is_none() {
        // Somebody else's key, stored by hand: it is theirs to extend.
        let expired = listed.expires <= now;
        return if expired {
            Err(Problem::PendingKeyExpired.into())
        } else {
            Ok(())
        };
    }
    let Some(expires) = run.policy()?.pending_top_up(listed.expires, now) else {
        return Ok(());
    };
    match run.keys.set_expiry(api, &listed.key, expires).await {
        Ok(Changed::Done) => {
            tracing::info!(key = %listed.key.fingerprint(), "extended the pending key");
            Ok(())
        }
        Ok(Changed::Gone) => {
            let gone = Problem::PendingKeyGone {
                api: api.to_owned(),
            }
            .into();
            Err(unwedge(run, gone).await)
        }
        // The current key is older still: better a short-lived key than that one.
        Err(failure) if failure.meaning == Meaning::Denied && listed.expires > now => {
            failure.warn("the pending key will not last for the whole interval");
            Ok(())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The version can never be made right any more. If configured, its label is given back, so
/// that the next rotation starts with a fresh version instead of this one.
async fn unwedge(run: &Run<'_>, error: RotationError) -> RotationError {
    if run.settings.unwedges {
        match run.secrets.strip_pending(&run.secret.arn, run.token).await {
            Ok(()) => tracing::warn!("took AWSPENDING off a version whose key is gone"),
            Err(failure) => failure.warn("could not take AWSPENDING off the version"),
        }
    }
    error
}

#[cfg(test)]
mod tests;
