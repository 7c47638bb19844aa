//! Looking after the keys that labels name, and retiring those that no label names any more.
//!
//! Nothing here ever fails a step: what is left undone is done by the next rotation.

use super::{Run, Version};
use crate::aws::api_keys::Changed;
use crate::aws::{Failure, Meaning};
use crate::expiry::HOUR;
use crate::key::ListedKey;
use crate::labels::{CURRENT, Labels};
use crate::retire::{Fate, Positions, choose, made_for, named_in, survey};
use crate::tally::Metric;

/// The keys that labelled versions name.
pub(crate) struct Named {
    keys: Positions,
    /// Whether every labelled version could be looked into; else nothing may be retired.
    is_complete: bool,
}

impl Named {
    /// These keys except `others`.
    pub(crate) fn without(mut self, others: &Positions) -> Self {
        self.keys.retain(|position| !others.contains(position));
        self
    }
}

/// A version that the step has read already, with its value if it has one.
pub(crate) type Known<'v> = (&'v str, Option<&'v str>);

/// What createSecret knows of the labelled versions: AWSCURRENT's value, and that its own has
/// none, or one whose key is not in use yet.
pub(crate) fn known_while_creating<'v>(
    run: &'v Run<'_>,
    current: Option<&'v Version>,
) -> Vec<Known<'v>> {
    let holder = run.secret.labels.holder(CURRENT).zip(current);
    let current = holder.map(|(version, current)| (version, Some(current.text.as_str())));
    current.into_iter().chain([(run.token, None)]).collect()
}

/// Finds the keys named by the versions in `labels`. Values that are not `known` are read, but
/// only where the list leaves a doubt.
pub(crate) async fn named(
    run: &Run<'_>,
    keys: &[ListedKey],
    labels: &Labels,
    known: &[Known<'_>],
) -> Named {
    let survey = survey(keys, labels);
    let mut named = Named {
        keys: survey.named,
        is_complete: true,
    };
    for version in &survey.unclear {
        let found = match known.iter().find(|(known, _)| known == version) {
            Some((_, value)) => Ok(keys_of(version, *value, keys)),
            None => read(run, version, keys).await,
        };
        match found {
            Ok(found) => named.keys.extend(found),
            Err(failure) => {
                failure.warn("a labelled version cannot be read: nothing is retired");
                named.is_complete = false;
            }
        }
    }
    named
}

async fn read(run: &Run<'_>, version: &str, keys: &[ListedKey]) -> Result<Positions, Failure> {
    let stored = run.secrets.read(&run.secret.arn, version).await?;
    let text = stored.and_then(|stored| stored.text);
    Ok(keys_of(
        version,
        text.as_ref().map(|text| text.as_str()),
        keys,
    ))
}

fn keys_of(version: &str, value: Option<&str>, keys: &[ListedKey]) -> Positions {
    match value {
        Some(text) => named_in(text, keys),
        // Its key may exist already, made by an invocation that has not stored it yet.
        None => made_for(version, keys),
    }
}

/// The keys of ours that a label names and that are running out or have, with their new expiry.
pub(crate) fn due_extensions(
    run: &Run<'_>,
    keys: &[ListedKey],
    named: &Named,
) -> Vec<(usize, i64)> {
    let Ok(policy) = run.policy() else {
        return Vec::new();
    };
    if !run.settings.keeps_alive {
        return Vec::new();
    }
    let now = run.clock.now();
    let ours = named
        .keys
        .iter()
        .filter(|position| keys[**position].marker.is_some());
    ours.filter_map(|position| {
        let expires = policy.keep_alive(keys[*position].expires, now)?;
        Some((*position, expires))
    })
    .collect()
}

/// Extends the keys whose extension is due.
pub(crate) async fn extend(run: &Run<'_>, api: &str, keys: &[ListedKey], named: &Named) {
    for (position, expires) in due_extensions(run, keys, named) {
        extend_one(run, api, &keys[position], expires).await;
    }
}

/// Extends one key in use. Whether that was done.
pub(crate) async fn extend_one(run: &Run<'_>, api: &str, key: &ListedKey, expires: i64) -> bool {
    match run.keys.set_expiry(api, &key.key, expires).await {
        Ok(Changed::Done) => {
            run.tally.add(Metric::KeepAliveExtensions, 1);
            tracing::info!(key = %key.key.fingerprint(), "extended a key in use");
            return true;
        }
        Ok(Changed::Gone) => {
            tracing::warn!(key = %key.key.fingerprint(), "a key in use is gone");
        }
        Err(failure) => failure.warn("could not extend a key in use"),
    }
    false
}

/// The keys of ours that may go, with their fates.
pub(crate) fn due_retirements(
    run: &Run<'_>,
    keys: &[ListedKey],
    named: &Named,
) -> Vec<(usize, Fate)> {
    if !named.is_complete {
        return Vec::new();
    }
    let chosen = choose(keys, &named.keys, run.clock.now(), run.settings);
    run.tally.add(Metric::OrphansSeen, chosen.len());
    if !chosen.is_empty() && !run.secret.replicas_in_sync {
        // A replica that lags still hands out values that name these keys.
        tracing::warn!("a replica is not in sync: nothing is retired");
        return Vec::new();
    }
    chosen
}

/// Retires the keys of ours that may go.
pub(crate) async fn retire(run: &Run<'_>, api: &str, keys: &[ListedKey], named: &Named) {
    for (position, fate) in due_retirements(run, keys, named) {
        apply(run, api, &keys[position], fate).await;
    }
}

/// Does to one key what was decided. Whether that was done.
pub(crate) async fn apply(run: &Run<'_>, api: &str, key: &ListedKey, fate: Fate) -> bool {
    let (outcome, metric) = match fate {
        Fate::ExpireAt(time) => (expire(run, api, key, time).await, Metric::KeysRetired),
        Fate::Delete => (run.keys.delete(api, &key.key).await, Metric::KeysDeleted),
    };
    match outcome {
        Ok(_) => {
            run.tally.add(metric, 1);
            tracing::info!(key = %key.key.fingerprint(), ?fate, "retired a key");
            true
        }
        Err(failure) => {
            failure.warn("could not retire a key; the next rotation will");
            false
        }
    }
}

/// A clock that is slow asks for less than a day; asking for more corrects it.
async fn expire(run: &Run<'_>, api: &str, key: &ListedKey, time: i64) -> Result<Changed, Failure> {
    match run.keys.set_expiry(api, &key.key, time).await {
        Err(failure) if failure.meaning == Meaning::OutOfBounds => {
            run.keys.set_expiry(api, &key.key, time + 3 * HOUR).await
        }
        outcome => outcome,
    }
}
