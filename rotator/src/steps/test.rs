//! testSecret: the API itself has to accept the pending key, twice in a row.
//!
//! A new key may take a while to be known everywhere, so a refusal is asked about again until
//! the time for it is over. The step writes nothing, and it must pass when pending and current
//! are equal: that is what a test run after RotateImmediately=false looks like (recorded).

use super::{Pending, Run};
use crate::aws::api_keys::DataPlane;
use crate::aws::probe::Verdict;
use crate::clock::Backoff;
use crate::config::TestMode;
use crate::error::{Problem, RotationError};
use crate::tally::Metric;
use std::time::Duration;

/// Between two probes that were accepted.
const BREATH: Duration = Duration::from_millis(250);
/// Failures to reach anything, in a row, before the step gives up.
const UNREACHABLE: u32 = 3;
/// How long finishSecret asks again after an answer that decides nothing.
const FINISH_BUDGET: Duration = Duration::from_secs(10);
const NO_KEY_MODE: &str = "; API_KEY is not among its authorization modes";

/// What it takes to be convinced.
struct Demand {
    acceptances: u32,
    /// Whether a refusal may be a key that is not known yet.
    waits_for_the_key: bool,
    budget: Duration,
}

/// Runs the step.
pub(crate) async fn test_secret(run: &Run<'_>) -> Result<(), RotationError> {
    let pending = run.pending().await?;
    let api = run.api(&pending.version.value)?;
    match run.settings.test_mode {
        TestMode::Off => {
            tracing::warn!("TEST_MODE is off: a key is about to be trusted untested");
            Ok(())
        }
        TestMode::List => look_up(run, &api, &pending).await,
        TestMode::Graphql | TestMode::Custom => {
            let budget = Duration::from_secs(run.settings.test_budget_seconds);
            let demand = Demand {
                acceptances: 2,
                waits_for_the_key: true,
                budget,
            };
            probe(run, &api, &pending, &demand).await
        }
    }
}

/// The last look before the label moves: one acceptance, and a refusal is final.
pub(crate) async fn confirm(
    run: &Run<'_>,
    api: &str,
    pending: &Pending,
) -> Result<(), RotationError> {
    if matches!(run.settings.test_mode, TestMode::List | TestMode::Off) {
        return Ok(());
    }
    let demand = Demand {
        acceptances: 1,
        waits_for_the_key: false,
        budget: FINISH_BUDGET,
    };
    probe(run, api, pending, &demand).await
}

async fn look_up(run: &Run<'_>, api: &str, pending: &Pending) -> Result<(), RotationError> {
    let (keys, position) = run.list_with(api, &pending.key).await?;
    if keys[position].expires <= run.clock.now() {
        return Err(Problem::PendingKeyExpired.into());
    }
    Ok(())
}

async fn probe(
    run: &Run<'_>,
    api: &str,
    pending: &Pending,
    demand: &Demand,
) -> Result<(), RotationError> {
    let remembered = run.known.plane_of(api);
    let is_remembered = remembered.is_some();
    let mut plane = match remembered {
        Some(plane) => plane,
        None => data_plane(run, api).await?,
    };
    run.known.note_plane(api, &plane);
    let patience = demand.budget.min(run.clock.patience());
    let started = run.clock.instant();
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(8));
    let mut tries = Tries::default();
    loop {
        run.tally.add(Metric::ProbeAttempts, 1);
        let verdict = run.prober.ask(&plane, &pending.key).await;
        tracing::debug!(?verdict, "probed");
        tries.note(&verdict);
        if tries.accepted >= demand.acceptances {
            return Ok(());
        }
        let pause = if verdict == Verdict::Accepted {
            BREATH
        } else {
            backoff.next()
        };
        let elapsed = run.clock.since(started);
        if tries.is_final(&verdict, demand) || elapsed + pause > patience {
            if is_remembered && verdict == Verdict::Rejected {
                // The modes of an API, which explain a refusal, may change: its host does not.
                plane = data_plane(run, api).await.unwrap_or(plane);
            }
            return Err(refusal(verdict, &plane, tries.refused).into());
        }
        run.clock.pause(pause).await?;
    }
}

/// Where to ask: where the settings say, or where AppSync says the API is.
pub(crate) async fn data_plane(run: &Run<'_>, api: &str) -> Result<DataPlane, RotationError> {
    let settings = run.settings;
    if let Some(url) = &settings.graphql_endpoint {
        return Ok(DataPlane {
            url: url.clone(),
            events_host: None,
            takes_keys: true,
        });
    }
    let Some(url) = &settings.realtime_endpoint else {
        return Ok(run.keys.data_plane(api).await?);
    };
    Ok(DataPlane {
        url: url.clone(),
        ..run.keys.events_plane(api).await?
    })
}

/// Answers of one kind in a row.
#[derive(Default)]
struct Tries {
    accepted: u32,
    refused: u32,
    unreachable: u32,
}

impl Tries {
    fn note(&mut self, verdict: &Verdict) {
        let count = |streak: u32, goes_on: bool| if goes_on { streak + 1 } else { 0 };
        self.accepted = count(self.accepted, *verdict == Verdict::Accepted);
        self.refused = count(self.refused, *verdict == Verdict::Rejected);
        self.unreachable = count(self.unreachable, *verdict == Verdict::Unreachable);
    }

    fn is_final(&self, verdict: &Verdict, demand: &Demand) -> bool {
        match verdict {
            Verdict::Forbidden => true,
            Verdict::Rejected => !demand.waits_for_the_key,
            Verdict::Unreachable => self.unreachable >= UNREACHABLE,
            Verdict::Accepted | Verdict::Unclear(_) => false,
        }
    }
}

fn refusal(verdict: Verdict, plane: &DataPlane, attempts: u32) -> Problem {
    let endpoint = plane.url.clone();
    match verdict {
        Verdict::Rejected => {
            let hint = if plane.takes_keys { "" } else { NO_KEY_MODE };
            Problem::ProbeRejected { attempts, hint }
        }
        Verdict::Forbidden => Problem::ProbeForbidden { endpoint },
        Verdict::Unreachable => Problem::ProbeUnreachable { endpoint },
        Verdict::Unclear(last) => Problem::ProbeInconclusive { endpoint, last },
        Verdict::Accepted => Problem::ProbeInconclusive {
            endpoint,
            last: "accepted too late".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
