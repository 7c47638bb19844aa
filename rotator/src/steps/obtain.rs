//! The key for a version: the one an earlier try has made, or a new one.
//!
//! An answer to CreateApiKey that is lost says nothing about whether the key exists, so it is
//! followed by a search for the version's marker, and only a search that finds nothing by
//! another CreateApiKey.

use super::upkeep::{self, known_while_creating};
use super::{Run, Version};
use crate::aws::Meaning;
use crate::aws::api_keys::{Changed, Created};
use crate::clock::Backoff;
use crate::error::{Problem, RotationError};
use crate::expiry::Policy;
use crate::key::{Key, ListedKey};
use crate::marker::Marker;
use crate::retire::made_for;
use crate::tally::Metric;
use std::cmp::Reverse;
use std::time::Duration;

/// Tries whose outcome may stay unknown before the step gives up.
const ROUNDS: u32 = 3;
/// Searches after an unknown outcome: the list may lag behind the create.
const SEARCHES: u32 = 2;
/// Tries that may be put off by a schema change.
const DEFERRALS: u32 = 6;

/// A key for the pending version.
pub(super) struct NewKey {
    pub(super) key: Key,
    /// Whether this invocation made it; then nobody else can have stored it.
    pub(super) is_own: bool,
}

/// Finds the key an earlier try made for this version, or makes one.
pub(super) async fn obtain(
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

/// Calls CreateApiKey; while a schema change holds the API, nothing has happened and it waits.
async fn create_when_possible(
    run: &Run<'_>,
    api: &str,
    policy: &Policy,
) -> Result<Created, RotationError> {
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
        let pause = busy.next();
        let is_busy = failure.meaning == Meaning::Busy;
        if !is_busy || tries == DEFERRALS || pause > run.clock.patience() {
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
    let named = upkeep::named(
        run,
        keys,
        &run.secret.labels,
        &known_while_creating(run, current),
    )
    .await;
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
