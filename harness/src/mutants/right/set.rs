//! setSecret: the pending key is there, and will last.

use std::time::Duration;

use aws_sdk_appsync::types::ApiKey;

use crate::mutants::tools::{Answer, DAY, refuse};

use super::{Run, key_in, listed, marker_of};

pub(in crate::mutants) async fn set(run: &Run<'_>) -> Answer<()> {
    let (pending, current) = (run.known_pending().await?, run.current().await?);
    let api = run.api(&pending)?;
    let Some(key) = key_in(&pending) else {
        return refuse("PendingNotAKey", "the pending value names no key");
    };
    if key_in(&current).as_ref() == Some(&key) {
        return refuse("PendingEqualsCurrent", "nothing is rotated");
    }
    let found = found(run, &api, &key).await?;
    let least = run.tools.now() + run.secret.interval + DAY;
    if found.expires() >= least || marker_of(&found).is_none() {
        return Ok(());
    }
    let Some(life) = run.flow.life(run.secret.interval) else {
        return Ok(());
    };
    run.tools
        .set_expiry(&api, &key, run.tools.now() + life)
        .await
}

/// The pending key, which the list may show a little late.
pub(in crate::mutants) async fn found(run: &Run<'_>, api: &str, key: &str) -> Answer<ApiKey> {
    for _ in 0..3 {
        if let Some(found) = listed(&run.keys(api).await?, key) {
            return Ok(found.clone());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    refuse("PendingKeyGone", "the pending key is gone")
}
