//! finishSecret: look at the key once more, move AWSCURRENT, then tidy up.

use std::time::Duration;

use crate::mutants::tools::{Answer, refuse};

use super::set::found;
use super::{Run, key_in};

pub(in crate::mutants) async fn finish(run: &Run<'_>) -> Answer<()> {
    promote(run).await?;
    run.flow.retire(run).await
}

/// The token is current already: the move's answer was lost, or the function died after it.
pub(in crate::mutants) async fn again(run: &Run<'_>) -> Answer<()> {
    run.flow.retire(run).await
}

/// Moves AWSCURRENT to the token, if its key works and the token is still pending.
pub(in crate::mutants) async fn promote(run: &Run<'_>) -> Answer<()> {
    let key = key_in(&run.known_pending().await?).unwrap_or_default();
    run.flow.look_up(run, &key).await?;
    run.flow.confirm(run, &key).await?;
    for _ in 0..3 {
        let secret = run.tools.describe(run.event).await?;
        if secret.is_labelled(run.token(), "AWSCURRENT") {
            return Ok(());
        }
        // A newer rotation may have won while this one stood still.
        if !run
            .flow
            .may_move(secret.is_labelled(run.token(), "AWSPENDING"))
        {
            return refuse("NotPending", "the version is not set as AWSPENDING");
        }
        run.flow.before_move(run).await?;
        let from = run.flow.move_from(secret.holder("AWSCURRENT"));
        match run.tools.promote(run.event, from).await {
            Ok(()) => return Ok(()),
            Err(failure) if failure.code == "AccessDeniedException" => return Err(failure),
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
    refuse("MoveUnresolved", "AWSCURRENT could not be moved")
}

/// The key is there and has not expired.
pub(in crate::mutants) async fn look_up(run: &Run<'_>, key: &str) -> Answer<()> {
    let api = run.api(&run.known_pending().await?)?;
    if found(run, &api, key).await?.expires() <= run.tools.now() {
        return refuse("PendingKeyExpired", "the pending key has expired");
    }
    Ok(())
}

/// The data plane takes the key.
pub(in crate::mutants) async fn confirm(run: &Run<'_>, key: &str) -> Answer<()> {
    let api = run.api(&run.known_pending().await?)?;
    if run.tools.probe(&api, key).await? {
        return Ok(());
    }
    refuse("ProbeRejected", "the pending key is not accepted")
}
