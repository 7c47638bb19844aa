//! createSecret: make one key and store it as the pending version.
//!
//! Only here is there an effect that cannot be repeated: AppSync chooses the key, CreateApiKey
//! takes no client token, and a version's value can never be changed. So before and after every
//! uncertain CreateApiKey the list is searched for a key with this version's marker.

use super::{Run, Version, upkeep};
use crate::aws::api_keys::Created;
use crate::aws::secrets::{Put, Stored};
use crate::clock::Backoff;
use crate::error::{Problem, RotationError};
use crate::expiry::{HOUR, Policy};
use crate::key::{Key, ListedKey};
use crate::labels::CURRENT;
use crate::marker::Marker;
use crate::secret_value::SecretValue;
use crate::tally::Metric;
use std::cmp::Reverse;
use std::time::Duration;

/// Tries whose outcome may stay unknown before the step gives up.
const ROUNDS: u32 = 3;
/// Searches after an unknown outcome: the list may lag behind the create.
const SEARCHES: u32 = 2;
/// Tries that were put off by throttling or a schema change.
const DEFERRALS: u32 = 6;
/// Tries of PutSecretValue, on top of the SDK's own.
const PUTS: u32 = 3;
/// A retry within this time of storing the value need not look after the other keys again.
const KEPT_ALIVE_FOR: i64 = HOUR;

/// A key for the pending version.
struct NewKey {
    key: Key,
    /// Whether this invocation made it; then nobody else can have stored it.
    is_own: bool,
}

/// Runs the step.
pub(crate) async fn create_secret(run: &Run<'_>) -> Result<(), RotationError> {
    if let Some(stored) = run.secrets.read(&run.secret.arn, run.token).await? {
        return accept_stored(run, stored).await;
    }
    let current = run.current().await?;
    let initial = SecretValue::initial(run.field()?.as_deref());
    let base = current.as_ref().map_or(&initial, |current| &current.value);
    let api = run.api(base)?;
    let policy = run.policy()?;
    let too_large = |reason| Problem::Malformed {
        label: CURRENT,
        reason,
    };
    base.check_size().map_err(too_large)?;

    let keys = run.list(&api).await?;
    keep_alive(run, &api, &keys, current.as_ref()).await;
    let new = obtain(run, &api, &policy, keys, current.as_ref()).await?;
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

async fn keep_alive(run: &Run<'_>, api: &str, keys: &[ListedKey], current: Option<&Version>) {
    run.note_current(
        current.and_then(|current| current.value.key()).as_ref(),
        keys,
    );
    let labels = &run.secret.labels;
    let named = upkeep::named(run, keys, labels, known(run, current)).await;
    upkeep::extend(run, api, keys, &named).await;
}

/// The one version whose value this step has read.
fn known<'v>(run: &'v Run<'_>, current: Option<&'v Version>) -> Option<(&'v str, &'v str)> {
    Some((run.secret.labels.holder(CURRENT)?, current?.text.as_str()))
}

/// Finds the key an earlier try made for this version, or makes one.
async fn obtain(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
    keys: Vec<ListedKey>,
    current: Option<&Version>,
) -> Result<NewKey, RotationError> {
    if let Some(key) = adoptable(run, &keys) {
        return Ok(adopted(run, key));
    }
    let mut has_cleaned_up = false;
    let mut unknown = 0;
    loop {
        match create_when_possible(run, api, policy).await? {
            Created::Key(key) => return Ok(created(run, key)),
            Created::LimitReached if !has_cleaned_up => {
                has_cleaned_up = true;
                if let Some(key) = make_room(run, api, current).await? {
                    return Ok(adopted(run, key));
                }
            }
            Created::LimitReached => return Err(limit_reached(run, api).await?),
            Created::Unknown(failure) | Created::NotNow(failure) => {
                failure.warn("no certain answer to CreateApiKey; searching for the key");
                run.tally.add(Metric::AmbiguousCreates, 1);
                unknown += 1;
                if let Some(key) = search(run, api).await? {
                    return Ok(adopted(run, key));
                }
            }
        }
        if unknown == ROUNDS {
            return Err(Problem::CreateUnresolved { rounds: ROUNDS }.into());
        }
    }
}

/// The key made for exactly this version: concurrent invocations choose the same one.
fn adoptable(run: &Run<'_>, keys: &[ListedKey]) -> Option<Key> {
    let now = run.clock.now();
    let made_for_it = |listed: &&ListedKey| {
        listed
            .marker
            .as_ref()
            .is_some_and(|marker| marker.version == run.token)
            && Policy::is_adoptable(listed.expires, now)
    };
    let candidates = keys.iter().filter(made_for_it);
    let best = candidates.min_by_key(|listed| (Reverse(listed.expires), listed.key.expose()));
    best.map(|listed| listed.key.clone())
}

fn adopted(run: &Run<'_>, key: Key) -> NewKey {
    run.tally.add(Metric::KeysAdopted, 1);
    tracing::info!(key = %key.fingerprint(), "adopted the key an earlier try made");
    NewKey { key, is_own: false }
}

fn created(run: &Run<'_>, key: Key) -> NewKey {
    run.tally.add(Metric::KeysCreated, 1);
    tracing::info!(key = %key.fingerprint(), "created a key");
    NewKey { key, is_own: true }
}

/// Calls CreateApiKey; while the service says "not now", nothing has happened and it waits.
async fn create_when_possible(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
) -> Result<Created, RotationError> {
    let mut throttled = Backoff::new(Duration::from_millis(500), Duration::from_secs(8));
    // A schema change holds the API for half a minute to a minute (reported).
    let mut busy = Backoff::new(Duration::from_secs(5), Duration::from_secs(20));
    for _ in 1..DEFERRALS {
        let failure = match create_once(run, api, policy).await? {
            Created::NotNow(failure) => failure,
            outcome => return Ok(outcome),
        };
        let pause = if failure.is_busy() {
            busy.next()
        } else {
            throttled.next()
        };
        failure.warn("CreateApiKey was put off");
        if pause > run.clock.patience() {
            return Err(failure.into());
        }
        run.clock.pause(pause).await?;
    }
    match create_once(run, api, policy).await? {
        Created::NotNow(failure) => Err(failure.into()),
        outcome => Ok(outcome),
    }
}

async fn create_once(run: &Run<'_>, api: &str, policy: &Policy) -> Result<Created, RotationError> {
    let now = run.clock.now();
    let marker = Marker {
        owner: run.owner(),
        version: run.token.to_owned(),
        created: now,
    };
    Ok(run
        .keys
        .create(api, &marker, policy.of_new_key(now))
        .await?)
}

/// Looks for the key that an uncertain CreateApiKey may have made.
async fn search(run: &Run<'_>, api: &str) -> Result<Option<Key>, RotationError> {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
    for _ in 0..SEARCHES {
        run.clock.pause(backoff.next()).await?;
        if let Some(key) = adoptable(run, &run.list(api).await?) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// At the limit: retires what may go, and looks again for a key of an earlier try.
async fn make_room(
    run: &Run<'_>,
    api: &str,
    current: Option<&Version>,
) -> Result<Option<Key>, RotationError> {
    let keys = run.list(api).await?;
    if let Some(key) = adoptable(run, &keys) {
        return Ok(Some(key));
    }
    let named = upkeep::named(run, &keys, &run.secret.labels, known(run, current)).await;
    upkeep::retire(run, api, &keys, &named).await;
    Ok(None)
}

async fn limit_reached(run: &Run<'_>, api: &str) -> Result<RotationError, RotationError> {
    let keys = run.list(api).await?;
    let ours = keys.iter().filter(|key| key.marker.is_some()).count();
    Ok(Problem::KeyLimitReached {
        api: api.to_owned(),
        total: keys.len(),
        ours,
    }
    .into())
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
