//! The key that a secret started with, which no marker shows to be ours.
//!
//! Whatever stack or person made it may count on it, so it is left alone unless `RETIRE_INITIAL`
//! says otherwise; then it is shortened, and never deleted. The version that loses its last label
//! when AWSCURRENT moves is the only trace of it: an invocation that ends between the move and
//! this leaves the key to its own expiry.

use super::Run;
use super::upkeep::apply;
use crate::aws::Failure;
use crate::config::Retirement;
use crate::key::ListedKey;
use crate::labels::Labels;
use crate::retire::{Positions, made_for, named_in, shortened};

/// Shortens the unmarked keys of versions that `after` does not know any more.
pub(crate) async fn retire_initial(run: &Run<'_>, api: &str, keys: &[ListedKey], after: &Labels) {
    let settings = run.settings;
    if !settings.retires_initial || settings.retirement == Retirement::Off {
        return;
    }
    let before = run.secret.labels.versions();
    let unlabelled = before.filter(|version| !after.knows(version));
    for version in unlabelled.filter(|version| made_for(version, keys).is_empty()) {
        match unmarked_keys_of(run, version, keys, after).await {
            Ok(found) => shorten(run, api, keys, found).await,
            Err(failure) => failure.warn("left the secret's first key to its own expiry"),
        }
    }
}

async fn shorten(run: &Run<'_>, api: &str, keys: &[ListedKey], found: Positions) {
    if !found.is_empty() && !run.secret.replicas_in_sync {
        tracing::warn!("a replica is not in sync: the first key is left to its own expiry");
        return;
    }
    for key in found.iter().map(|position| &keys[*position]) {
        let fate = shortened(key.expires, run.clock.now(), run.settings.grace_hours);
        if let Some(fate) = fate {
            apply(run, api, key, fate).await;
        }
    }
}

/// The unmarked keys in the value of `version`, without those that a labelled version names too.
async fn unmarked_keys_of(
    run: &Run<'_>,
    version: &str,
    keys: &[ListedKey],
    after: &Labels,
) -> Result<Positions, Failure> {
    let mut found = named_by(run, version, keys).await?;
    found.retain(|position| keys[*position].marker.is_none());
    for labelled in after.versions() {
        if found.is_empty() {
            break;
        }
        // The value of a version with a key of ours holds that key.
        if made_for(labelled, keys).is_empty() {
            let named = named_by(run, labelled, keys).await?;
            found.retain(|position| !named.contains(position));
        }
    }
    Ok(found)
}

async fn named_by(run: &Run<'_>, version: &str, keys: &[ListedKey]) -> Result<Positions, Failure> {
    let stored = run.secrets.read(&run.secret.arn, version).await?;
    let text = stored.and_then(|stored| stored.text);
    Ok(text.map_or_else(Positions::new, |text| named_in(&text, keys)))
}
