//! finishSecret: look at the key once more, move AWSCURRENT, then tidy up.
//!
//! The move is a compare-and-swap, and before each try the labels are read again: a paused
//! invocation of an older rotation must find that its version is no longer pending and stop.

use super::initial::retire_initial;
use super::test::confirm;
use super::{Pending, Run, upkeep};
use crate::aws::secrets::Move;
use crate::clock::Backoff;
use crate::error::{Problem, RotationError};
use crate::key::ListedKey;
use crate::labels::{CURRENT, Labels};
use crate::standing::{Standing, describe_and_judge};
use std::time::Duration;

/// Tries to move the label.
const ROUNDS: u32 = 3;

/// Runs the step.
pub(crate) async fn finish_secret(run: &Run<'_>) -> Result<(), RotationError> {
    let pending = run.pending().await?;
    let api = run.api(&pending.version.value)?;
    let (keys, position) = run.list_with(&api, &pending.key).await?;
    if keys[position].expires <= run.clock.now() {
        return Err(Problem::PendingKeyExpired.into());
    }
    confirm(run, &api, &pending).await?;
    let labels = promote(run).await?;
    run.known.note(&run.secret.arn, run.token, &api);
    tracing::info!(
        "finishSecret: Successfully set AWSCURRENT stage to version {} for secret {}.",
        run.token,
        run.secret.arn
    );
    run.note_current(Some(&pending.key), &keys);
    let tidying = tidy_up(run, &api, &keys, &labels, Some(&pending));
    if run.clock.while_patient(tidying).await.is_none() {
        tracing::warn!("no time left to retire keys; the next rotation will");
    }
    Ok(())
}

/// The version is current already: an earlier try moved the label, perhaps without tidying up.
/// Nothing here can fail the step.
pub(crate) async fn tidy_up_again(run: &Run<'_>) {
    tracing::info!(
        "finishSecret: Version {} already marked as AWSCURRENT for {}",
        run.token,
        run.secret.arn
    );
    match run.clock.while_patient(tidy_up_from_scratch(run)).await {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::warn!(%error, "left retirement to the next rotation"),
        None => tracing::warn!("no time left to retire keys; the next rotation will"),
    }
}

async fn tidy_up_from_scratch(run: &Run<'_>) -> Result<(), RotationError> {
    if run.secret.has_ended(run.token) && !run.knows_api() {
        // The service ends a rotation once finishSecret has succeeded, and so has tidied up.
        return Ok(());
    }
    let api = run.api_of_secret().await?;
    let keys = run.list(&api).await?;
    run.note_key_of(run.token, &keys);
    tidy_up(run, &api, &keys, &run.secret.labels, None).await;
    Ok(())
}

async fn tidy_up(
    run: &Run<'_>,
    api: &str,
    keys: &[ListedKey],
    labels: &Labels,
    pending: Option<&Pending>,
) {
    let known = pending.map(|pending| (run.token, Some(pending.version.text.as_str())));
    let named = upkeep::named(run, keys, labels, known.as_slice()).await;
    upkeep::extend(run, api, keys, &named).await;
    upkeep::retire(run, api, keys, &named).await;
    retire_initial(run, api, keys, labels).await;
}

/// Moves AWSCURRENT to the version and returns the labels as they are then.
async fn promote(run: &Run<'_>) -> Result<Labels, RotationError> {
    let arn = &run.secret.arn;
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(4));
    for _ in 0..ROUNDS {
        let (seen, standing) = describe_and_judge(&run.secrets, arn, run.token, false).await?;
        if standing == Standing::Current {
            return Ok(seen.labels);
        }
        match run
            .secrets
            .move_current(arn, run.token, seen.labels.holder(CURRENT))
            .await?
        {
            Move::Done => return Ok(seen.labels.after_promotion(run.token)),
            Move::LookAgain(failure) => failure.warn("looking again before moving AWSCURRENT"),
        }
        run.clock.pause(backoff.next()).await?;
    }
    let (seen, standing) = describe_and_judge(&run.secrets, arn, run.token, false).await?;
    match standing {
        Standing::Current => Ok(seen.labels),
        Standing::Pending => Err(Problem::MoveConflict { rounds: ROUNDS }.into()),
    }
}

#[cfg(test)]
mod tests;
