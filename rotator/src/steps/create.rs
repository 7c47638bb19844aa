//! createSecret: make one key and store it as the pending version.
//!
//! Only here is there an effect that cannot be repeated: AppSync chooses the key, CreateApiKey
//! takes no client token, and a version's value can never be changed. So before and after every
//! uncertain CreateApiKey the list is searched for a key with this version's marker.

use super::upkeep::{self, Known};
use super::{Run, Version};
use crate::aws::Meaning;
use crate::aws::api_keys::{Changed, Created};
use crate::aws::secrets::{Put, Stored};
use crate::clock::Backoff;
use crate::error::{Problem, RotationError};
use crate::expiry::{HOUR, Policy};
use crate::key::{Key, ListedKey};
use crate::labels::CURRENT;
use crate::marker::Marker;
use crate::retire::made_for;
use crate::secret_value::SecretValue;
use crate::tally::Metric;
use std::cmp::Reverse;
use std::time::Duration;

/// Tries whose outcome may stay unknown before the step gives up.
const ROUNDS: u32 = 3;
/// Searches after an unknown outcome: the list may lag behind the create.
const SEARCHES: u32 = 2;
/// Tries that may be put off by throttling or a schema change.
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

/// Extends the keys in use; the one made for this version is left to adoption and setSecret.
async fn keep_alive(run: &Run<'_>, api: &str, keys: &[ListedKey], current: Option<&Version>) {
    run.note_current(
        current.and_then(|current| current.value.key()).as_ref(),
        keys,
    );
    let named = upkeep::named(run, keys, &run.secret.labels, &known(run, current)).await;
    upkeep::extend(run, api, keys, &named.without(&made_for(run.token, keys))).await;
}

/// What this step knows of the labelled versions: its own has no value, or one whose key is not
/// among the keys in use yet.
fn known<'v>(run: &'v Run<'_>, current: Option<&'v Version>) -> Vec<Known<'v>> {
    let holder = run.secret.labels.holder(CURRENT).zip(current);
    let current = holder.map(|(version, current)| (version, Some(current.text.as_str())));
    current.into_iter().chain([(run.token, None)]).collect()
}

/// Finds the key an earlier try made for this version, or makes one.
async fn obtain(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
    keys: Vec<ListedKey>,
    current: Option<&Version>,
) -> Result<NewKey, RotationError> {
    if let Some(new) = adopt(run, api, policy, &keys).await? {
        return Ok(new);
    }
    let mut has_made_room = false;
    let mut unknown = 0;
    while unknown < ROUNDS {
        match create_when_possible(run, api, policy).await? {
            Created::Key(key) => return Ok(created(run, key)),
            Created::LimitReached if has_made_room => return Err(limit_reached(run, api).await?),
            Created::LimitReached => has_made_room = true,
            Created::Unknown(failure) => {
                failure.warn("no certain answer to CreateApiKey; searching for the key");
                run.tally.add(Metric::AmbiguousCreates, 1);
                unknown += 1;
                if let Some(new) = search(run, api, policy).await? {
                    return Ok(new);
                }
                continue;
            }
        }
        let keys = run.list(api).await?;
        if let Some(new) = adopt(run, api, policy, &keys).await? {
            return Ok(new);
        }
        make_room(run, api, &keys, current).await;
    }
    Err(Problem::CreateUnresolved { rounds: ROUNDS }.into())
}

/// Takes over the key an earlier try made for exactly this version, if it is among `keys`.
async fn adopt(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
    keys: &[ListedKey],
) -> Result<Option<NewKey>, RotationError> {
    for listed in candidates(run, keys) {
        if outlives_today(run, api, policy, listed).await? {
            run.tally.add(Metric::KeysAdopted, 1);
            tracing::info!(key = %listed.key.fingerprint(), "adopted the key of an earlier try");
            return Ok(Some(NewKey {
                key: listed.key.clone(),
                is_own: false,
            }));
        }
    }
    Ok(None)
}

/// The keys made for this version, best first: concurrent invocations choose the same one.
fn candidates<'k>(run: &Run<'_>, keys: &'k [ListedKey]) -> Vec<&'k ListedKey> {
    let mut found: Vec<_> = made_for(run.token, keys)
        .into_iter()
        .map(|position| &keys[position])
        .collect();
    found.sort_by_key(|listed| (Reverse(listed.expires), listed.key.expose()));
    found
}

/// Whether the key is fit to be stored; one that was made long ago is extended first.
async fn outlives_today(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
    listed: &ListedKey,
) -> Result<bool, RotationError> {
    let now = run.clock.now();
    if Policy::is_adoptable(listed.expires, now) {
        return Ok(true);
    }
    match run
        .keys
        .set_expiry(api, &listed.key, policy.of_new_key(now))
        .await
    {
        Ok(changed) => Ok(changed == Changed::Done),
        Err(failure) if failure.is_transient() => Err(failure.into()),
        Err(failure) => {
            failure.warn("an old key of this version cannot be extended; making another");
            Ok(false)
        }
    }
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
    let mut tries = 0;
    loop {
        let now = run.clock.now();
        let marker = Marker {
            owner: run.owner(),
            version: run.token.to_owned(),
            created: now,
        };
        let failure = match run.keys.create(api, &marker, policy.of_new_key(now)).await {
            Ok(outcome) => return Ok(outcome),
            Err(failure) => failure,
        };
        tries += 1;
        let pause = if failure.meaning == Meaning::Busy {
            busy.next()
        } else {
            throttled.next()
        };
        if !failure.is_put_off() || tries == DEFERRALS || pause > run.clock.patience() {
            return Err(failure.into());
        }
        failure.warn("CreateApiKey was put off");
        run.clock.pause(pause).await?;
    }
}

/// Looks for the key that an uncertain CreateApiKey may have made.
async fn search(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
) -> Result<Option<NewKey>, RotationError> {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
    for _ in 0..SEARCHES {
        run.clock.pause(backoff.next()).await?;
        let keys = run.list(api).await?;
        if let Some(new) = adopt(run, api, policy, &keys).await? {
            return Ok(Some(new));
        }
    }
    Ok(None)
}

/// At the limit: retires what may go.
async fn make_room(run: &Run<'_>, api: &str, keys: &[ListedKey], current: Option<&Version>) {
    let named = upkeep::named(run, keys, &run.secret.labels, &known(run, current)).await;
    upkeep::retire(run, api, keys, &named).await;
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
