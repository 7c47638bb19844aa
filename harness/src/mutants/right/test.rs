//! testSecret: the API accepts the pending key, and goes on doing so.

use std::time::Duration;

use crate::mutants::tools::{Answer, refuse};

use super::{Run, key_in};

const BREATH: Duration = Duration::from_secs(2);

pub(in crate::mutants) async fn test(run: &Run<'_>) -> Answer<()> {
    let value = run.flow.tested(run).await?;
    let api = run.api(&value)?;
    let Some(key) = key_in(&value) else {
        return refuse("PendingNotAKey", "the pending value names no key");
    };
    let now = run.tools.time_now();
    let left = run.deadline.duration_since(now).unwrap_or_default();
    let until = now + run.flow.patience(left);
    let mut accepted = 0;
    loop {
        accepted = if run.tools.probe(&api, &key).await? {
            accepted + 1
        } else {
            0
        };
        if accepted >= run.flow.acceptances() {
            return Ok(());
        }
        if run.tools.time_now() + BREATH > until {
            return refuse("ProbeRejected", "the pending key is not accepted");
        }
        tokio::time::sleep(BREATH).await;
    }
}
