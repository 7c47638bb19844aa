//! createSecret: one key for the token, stored once.

use std::time::Duration;

use aws_sdk_appsync::types::ApiKey;
use serde_json::Value;

use crate::mutants::flow::Meaning;
use crate::mutants::tools::{Answer, DAY, Refusal, refuse};

use super::{Run, key_in, listed, marker_of};

/// Tries of CreateApiKey, also those that are put off.
const ROUNDS: u32 = 6;

/// A key for the token.
pub(in crate::mutants) struct NewKey {
    pub(in crate::mutants) id: String,
    /// Was it made just now? Then nobody else can have stored it.
    pub(in crate::mutants) is_own: bool,
}

pub(in crate::mutants) async fn create(run: &Run<'_>) -> Answer<()> {
    let current = run.current().await?;
    let api = run.api(&current)?;
    run.flow.check_current(run, &current).await?;
    let keys = run.keys(&api).await?;
    keep_alive(run, &api, &keys).await?;
    if run.flow.stored(run).await?.is_some() {
        return Ok(());
    }
    let key = run.flow.obtain(run, keys, &current).await?;
    let value = run.flow.new_value(&current, &key.id);
    store(run, &api, &key, &value).await
}

/// Extends the keys in use of a secret whose rotation may go on failing for long.
async fn keep_alive(run: &Run<'_>, api: &str, keys: &[ApiKey]) -> Answer<()> {
    let Some(least) = run.flow.kept_alive_for(run.secret.interval) else {
        return Ok(());
    };
    let owner = run.flow.owner(run.event);
    for id in run.protected().await? {
        let is_short = |key: &&ApiKey| key.expires() < run.tools.now() + least;
        let is_ours = |key: &&ApiKey| marker_of(key).is_some_and(|marker| marker.owner == owner);
        if listed(keys, &id).filter(is_short).filter(is_ours).is_some() {
            let until = run.tools.now() + least + DAY;
            // The rotation itself is the better cure.
            let _ = run.tools.set_expiry(api, &id, until).await;
        }
    }
    Ok(())
}

/// The key that an earlier try made for the token, or a new one.
pub(in crate::mutants) async fn obtain(run: &Run<'_>, mut keys: Vec<ApiKey>) -> Answer<NewKey> {
    let api = run.api(&run.current().await?)?;
    for _ in 0..ROUNDS {
        if let Some(id) = adopted(run, &keys) {
            return Ok(NewKey { id, is_own: false });
        }
        match make(run, &api).await {
            Ok(Some(id)) => return Ok(NewKey { id, is_own: true }),
            Ok(None) => {}
            Err(failure) => match run.flow.meaning(&failure) {
                Meaning::Refused => return Err(failure),
                Meaning::NotNow => {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    continue;
                }
                Meaning::Unknown => {}
            },
        }
        // The list may lag behind the create.
        tokio::time::sleep(Duration::from_secs(2)).await;
        keys = run.keys(&api).await?;
    }
    refuse(
        "CreateUnresolved",
        "it is not certain whether a key was made",
    )
}

async fn make(run: &Run<'_>, api: &str) -> Answer<Option<String>> {
    let (marker, life) = (run.marker(), run.flow.life(run.secret.interval));
    let retries = run.flow.create_retries();
    let made = run
        .tools
        .create_key(api, Some(marker.describe()), life, retries);
    Ok(run.flow.key_in_answer(made.await?))
}

/// Of several the one that lives longest: invocations that run at once choose the same.
fn adopted(run: &Run<'_>, keys: &[ApiKey]) -> Option<String> {
    let own = run.marker();
    let is_fit =
        |key: &&ApiKey| marker_of(key).is_some_and(|marker| run.flow.is_adoptable(&marker, &own));
    let fit = keys.iter().filter(is_fit);
    let best = fit.min_by_key(|key| (std::cmp::Reverse(key.expires()), key.id()));
    best.and_then(|key| key.id.clone())
}

/// A value with the new key in the place of the old one, or of what stands there instead.
pub(in crate::mutants) fn with_key(current: &str, key: &str) -> String {
    if let Some(old) = key_in(current) {
        return current.replace(&old, key);
    }
    let parsed: Value = serde_json::from_str(current).unwrap_or(Value::Null);
    match parsed["APIKEY"].as_str() {
        Some(placeholder) => current.replace(placeholder, key),
        None => key.to_owned(),
    }
}

async fn store(run: &Run<'_>, api: &str, key: &NewKey, value: &str) -> Answer<()> {
    let how = run.flow.store();
    let token = how.with_token.then_some(run.token());
    match run.tools.put(run.event, token, value, how.label).await {
        Err(failure) if is_taken(&failure) => yield_to_stored(run, api, key).await,
        Err(failure) => run.flow.not_stored(run, &key.id, failure).await,
        Ok(()) => Ok(()),
    }
}

fn is_taken(failure: &Refusal) -> bool {
    failure.code == "ResourceExistsException"
}

/// Another invocation was first; the key of this one is of no use to anybody.
async fn yield_to_stored(run: &Run<'_>, api: &str, key: &NewKey) -> Answer<()> {
    let stored = key_in(&run.known_pending().await?);
    if key.is_own && stored.as_ref() != Some(&key.id) {
        // What stays is retired once it is old.
        let _ = run.tools.delete_key(api, &key.id).await;
    }
    Ok(())
}
