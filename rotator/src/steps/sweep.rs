//! The sweep: what finishSecret does for the other keys of a secret, without a rotation.
//!
//! A schedule runs it where rotations are rare or keep failing; an operator runs it to see what
//! would become of each key.

use super::Run;
use super::upkeep::{self, Named};
use crate::error::RotationError;
use crate::expiry::HOUR;
use crate::key::{Fingerprint, ListedKey};
use crate::retire::{Fate, made_for};
use crate::tally::Metric;

/// Whether a sweep acts or only tells what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweeping {
    /// It extends and retires.
    ForReal,
    /// It changes nothing.
    DryRun,
}

/// What a sweep found, and what it did or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// The API.
    pub api: String,
    /// The keys that carry this secret's marker.
    pub keys: Vec<SweptKey>,
    /// How many keys of the API do not, and are left alone.
    pub foreign: usize,
    /// How many of the actions did not succeed.
    pub failed: usize,
}

/// One key of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptKey {
    /// Which key it is.
    pub key: Fingerprint,
    /// The version id it was made for.
    pub version: String,
    /// When it expires, in unix seconds.
    pub expires: i64,
    /// What becomes of it.
    pub action: SweepAction,
}

/// What becomes of a key; times in unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepAction {
    /// Nothing: a label names its version, or it is young or running out already.
    Keep,
    /// It is in use and gets a new expiry.
    Extend(i64),
    /// Nobody needs it any more: it expires then.
    Expire(i64),
    /// It is deleted.
    Delete,
}

/// Looks after the keys of a secret.
pub(crate) async fn sweep(run: &Run<'_>, how: Sweeping) -> Result<Sweep, RotationError> {
    let api = run.api_of_secret().await?;
    let keys = run.list(&api).await?;
    run.note_key_of(run.token, &keys);
    note_waiting(run, &keys);
    let named = upkeep::named(run, &keys, &run.secret.labels, &[]).await;
    let actions = plan(run, &keys, &named);
    let mut failed = 0;
    for (key, action) in keys.iter().zip(&actions) {
        if how == Sweeping::ForReal && !carry_out(run, &api, key, *action).await {
            failed += 1;
        }
    }
    let swept = keys.iter().zip(actions).filter_map(|(key, action)| {
        Some(SweptKey {
            key: key.key.fingerprint(),
            version: key.marker.as_ref()?.version.clone(),
            expires: key.expires,
            action,
        })
    });
    let swept: Vec<SweptKey> = swept.collect();
    let foreign = keys.len() - swept.len();
    Ok(Sweep {
        api,
        keys: swept,
        foreign,
        failed,
    })
}

/// One action for each listed key.
fn plan(run: &Run<'_>, keys: &[ListedKey], named: &Named) -> Vec<SweepAction> {
    let mut actions = vec![SweepAction::Keep; keys.len()];
    for (position, expires) in upkeep::due_extensions(run, keys, named) {
        actions[position] = SweepAction::Extend(expires);
    }
    for (position, fate) in upkeep::due_retirements(run, keys, named) {
        actions[position] = match fate {
            Fate::ExpireAt(time) => SweepAction::Expire(time),
            Fate::Delete => SweepAction::Delete,
        };
    }
    actions
}

/// Whether the action was done.
async fn carry_out(run: &Run<'_>, api: &str, key: &ListedKey, action: SweepAction) -> bool {
    match action {
        SweepAction::Keep => true,
        SweepAction::Extend(expires) => upkeep::extend_one(run, api, key, expires).await,
        SweepAction::Expire(at) => upkeep::apply(run, api, key, Fate::ExpireAt(at)).await,
        SweepAction::Delete => upkeep::apply(run, api, key, Fate::Delete).await,
    }
}

/// Notes how long a version has been waiting: since its key was made or, where it has none,
/// since the secret last changed.
fn note_waiting(run: &Run<'_>, keys: &[ListedKey]) {
    let Some(waiting) = run.secret.labels.waiting() else {
        return;
    };
    let made = made_for(waiting, keys).into_iter();
    let made = made.filter_map(|position| Some(keys[position].marker.as_ref()?.created));
    if let Some(since) = made.min().or(run.secret.last_changed) {
        let hours = (run.clock.now() - since).max(0) / HOUR;
        run.tally.set(Metric::PendingAgeHours, hours);
    }
}

#[cfg(test)]
mod tests;
