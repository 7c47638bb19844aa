//! The rotation service: a state machine over all secrets that hands out one step at a time.
//!
//! It runs strictly in order createSecret, setSecret, testSecret, finishSecret, each only after
//! the one before returned without error [D]. It never waits: the shell asks [`Rotations::poll`]
//! which step to run now, reports the end to [`Rotations::finished`], and comes back at
//! [`Rotations::next_due`]. A run keeps no hold on its secret: it looks it up again at each
//! transition, since the secret may have gone.

mod event;
mod run;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use event::{FailureCause, Happening, ServiceEvent};
pub use run::{Invocation, StepFailure, StepResult};

use run::{Phase, Run};

use crate::entropy::Entropy;
use crate::fault::millis_as_text;
use crate::ids::{InvocationNumber, Scope, SecretArn, Step, VersionId};
use crate::time::Timestamp;

use super::Partition;
use super::secrets::error::SecretsError;
use super::secrets::guard::SecretMut;
use super::secrets::rotation::{RotationKind, RotationOrigin, RotationStart};
use super::secrets::secret::Secret;
use super::secrets::version::RotationToken;

/// Everything that secrets are looked up in.
pub type Partitions = BTreeMap<Scope, Partition>;

/// What AWS leaves open about rotation, with the defaults that the evidence suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RotationSettings {
    /// How often a failed rotation is run again as a whole [?].
    pub retries: u32,
    /// How long after a failure the service tries again [?].
    #[serde(rename = "retryAfter", with = "millis_as_text")]
    pub retry_after_ms: i64,
    /// When the service takes AWSPENDING off a version that became current [?].
    pub pending_removal: PendingRemoval,
    /// How many more steps of a rotation are run once it was abandoned [?].
    pub steps_after_abandonment: u32,
}

impl Default for RotationSettings {
    fn default() -> Self {
        Self {
            retries: 0,
            retry_after_ms: 60_000,
            pending_removal: PendingRemoval::AtEnd,
            steps_after_abandonment: 0,
        }
    }
}

/// When AWSPENDING leaves the version that a rotation made current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingRemoval {
    /// When the service judges the rotation, after finishSecret returned [R][D].
    #[default]
    AtEnd,
    /// Together with AWSCURRENT's move during finishSecret, as the documentation tells it [D].
    InStageMove,
}

/// The runs in progress.
#[derive(Clone, Debug, Default)]
pub struct Rotations {
    runs: Vec<Run>,
    invocations: u64,
    events: Vec<ServiceEvent>,
}

impl Rotations {
    /// Begins a rotation on a secret that passed all checks but the gate, which is tried here.
    ///
    /// The steps run afterwards: acceptance says nothing about success [D].
    pub fn start(
        &mut self,
        secret: &mut Secret,
        scope: &Scope,
        start: RotationStart,
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        let run = Run::new(secret.arn.clone(), scope.clone(), &start);
        secret.begin_rotation(start, now)?;
        self.note(&run, run.started(), now);
        self.runs.push(run);
        Ok(())
    }

    /// Whether this rotation is in progress; RotateSecret with its token then starts nothing [?].
    pub fn is_running(&self, secret: &SecretArn, token: &VersionId) -> bool {
        self.runs.iter().any(|run| run.is_for(secret, token))
    }

    /// The step to run now, if there is one.
    pub fn poll(&mut self, partitions: &mut Partitions, now: Timestamp) -> Option<Invocation> {
        self.drop_orphans(partitions, now);
        let run = self
            .runs
            .iter_mut()
            .find(|run| matches!(run.phase, Phase::Ready(_)))?;
        self.invocations += 1;
        run.begin_step(InvocationNumber(self.invocations))
    }

    /// Tells how an invocation ended. One of a run that ended meanwhile is of no consequence.
    pub fn finished(
        &mut self,
        number: InvocationNumber,
        result: StepResult,
        partitions: &mut Partitions,
        settings: &RotationSettings,
        now: Timestamp,
    ) {
        self.drop_orphans(partitions, now);
        let Some(at) = self
            .runs
            .iter()
            .position(|run| run.invocation() == Some(number))
        else {
            return;
        };
        let mut run = self.runs.remove(at);
        let Some(mut secret) = secret_mut(partitions, &run.scope, &run.secret) else {
            return;
        };
        let happening = match (run.kind, run.end_step(result)) {
            (RotationKind::TestOnly, ended) => {
                secret.end_test_run(&run.token, now);
                Some(run.test_ended(ended))
            }
            (RotationKind::Full, ended) if run.is_abandoned() => {
                run.go_on(ended.ok().flatten());
                None
            }
            (RotationKind::Full, Err(cause)) => Some(run.fail(cause, settings, now)),
            (RotationKind::Full, Ok(Some(step))) => {
                run.phase = Phase::Ready(step);
                None
            }
            (RotationKind::Full, Ok(None)) if secret.complete_rotation(&run.token, now) => {
                run.phase = Phase::Over;
                Some(Happening::RotationSucceeded)
            }
            (RotationKind::Full, Ok(None)) => {
                Some(run.fail(FailureCause::CurrentNotMoved, settings, now))
            }
        };
        self.events
            .extend(happening.map(|what| run.event(what, now)));
        if run.phase != Phase::Over {
            self.runs.insert(at, run);
        }
    }

    /// When something is due next, and why.
    pub fn next_due(&self, partitions: &Partitions) -> Option<(Timestamp, &'static str)> {
        let retries = self.runs.iter().filter_map(|run| match run.phase {
            Phase::Waiting { until } => Some((until, "a failed rotation is tried again")),
            _ => None,
        });
        let windows = partitions.values().filter_map(|partition| {
            let due = partition.secrets.next_rotation()?;
            Some((due, "a rotation window opens"))
        });
        retries.chain(windows).min()
    }

    /// Starts what is due: retries, and the rotations whose window has opened.
    pub fn handle_due(
        &mut self,
        partitions: &mut Partitions,
        entropy: &mut Entropy,
        now: Timestamp,
    ) {
        self.drop_orphans(partitions, now);
        for run in &mut self.runs {
            if matches!(run.phase, Phase::Waiting { until } if until <= now) {
                run.phase = Phase::Ready(Step::CreateSecret);
            }
        }
        let mut due: Vec<_> = partitions
            .iter()
            .flat_map(|(scope, partition)| {
                let due = partition.secrets.due_rotations(now);
                due.map(|(at, arn)| (at, scope.clone(), arn.clone()))
            })
            .collect();
        // The longest due first; partitions are in order already.
        due.sort_by_key(|(at, ..)| *at);
        for (_, scope, arn) in due {
            self.start_scheduled(partitions, &scope, &arn, entropy, now);
        }
    }

    /// Tells that a put or an update made another version AWSCURRENT: rotations of other
    /// versions are abandoned [D]. A step that is running is not undone.
    pub fn current_was_put(
        &mut self,
        secret: &mut Secret,
        token: &VersionId,
        settings: &RotationSettings,
        now: Timestamp,
    ) {
        let abandoned = self.take_runs(|run| {
            run.secret == secret.arn && run.token != *token && !run.is_abandoned()
        });
        for mut run in abandoned {
            if run.kind == RotationKind::TestOnly {
                secret.end_test_run(&run.token, now);
            }
            self.note(&run, Happening::RotationAbandoned, now);
            if run.goes_on_for(settings.steps_after_abandonment) {
                self.runs.push(run);
            }
        }
    }

    /// Tells that a label move made a version AWSCURRENT: AWSPENDING leaves it at once if the
    /// settings say so and its rotation is in finishSecret. By hand it stays [R].
    pub fn current_was_moved(
        &self,
        secret: &mut Secret,
        token: &VersionId,
        settings: &RotationSettings,
    ) {
        let is_finishing =
            |run: &Run| run.is_for(&secret.arn, token) && run.step() == Some(Step::FinishSecret);
        let is_to_leave = settings.pending_removal == PendingRemoval::InStageMove
            && self.runs.iter().any(is_finishing);
        if is_to_leave {
            secret.drop_pending(token);
        }
    }

    /// Tells that rotation was cancelled: its runs end, AWSPENDING stays [D].
    pub fn was_cancelled(&mut self, secret: &mut Secret, now: Timestamp) {
        for run in self.take_runs(|run| run.secret == secret.arn) {
            if run.kind == RotationKind::TestOnly {
                secret.end_test_run(&run.token, now);
            }
            self.note(&run, Happening::RotationCancelled, now);
        }
    }

    /// What happened since the last time this was asked, oldest first.
    pub fn take_events(&mut self) -> Vec<ServiceEvent> {
        std::mem::take(&mut self.events)
    }

    fn start_scheduled(
        &mut self,
        partitions: &mut Partitions,
        scope: &Scope,
        arn: &SecretArn,
        entropy: &mut Entropy,
        now: Timestamp,
    ) {
        let Some(mut secret) = secret_mut(partitions, scope, arn) else {
            return;
        };
        let Ok(function) = secret.rotation_function(None) else {
            return;
        };
        // A missed window is made good once, however many there were [?].
        secret.skip_to_next_window(now);
        // A run whose function took AWSPENDING off too early is not seen by the gate.
        if self.runs.iter().any(|run| run.secret == *arn) {
            return;
        }
        let start = RotationStart {
            token: VersionId::new(entropy.uuid().to_string()),
            rotation_token: RotationToken::new(entropy.uuid().to_string()),
            function,
            rules: None,
            kind: RotationKind::Full,
            origin: RotationOrigin::Schedule,
        };
        // An unfinished rotation belongs to the retries; the window passes unused [?].
        let _ = self.start(&mut secret, scope, start, now);
    }

    /// Ends the runs whose secret is gone or going, and the retries whose version lost its labels.
    fn drop_orphans(&mut self, partitions: &Partitions, now: Timestamp) {
        let gone = self.take_runs(|run| live(partitions, run).is_none());
        for run in gone {
            self.note(&run, run.failed(FailureCause::SecretDeleted), now);
        }
        let overtaken = self.take_runs(|run| {
            matches!(run.phase, Phase::Waiting { .. })
                && live(partitions, run).is_some_and(|secret| !is_wanted(secret, &run.token))
        });
        for run in overtaken {
            self.note(&run, Happening::RotationAbandoned, now);
        }
    }

    fn take_runs(&mut self, is_taken: impl Fn(&Run) -> bool) -> Vec<Run> {
        self.runs.extract_if(.., |run| is_taken(run)).collect()
    }

    fn note(&mut self, run: &Run, what: Happening, now: Timestamp) {
        self.events.push(run.event(what, now));
    }
}

/// The secret of a run, unless it is scheduled for deletion.
fn live<'a>(partitions: &'a Partitions, run: &Run) -> Option<&'a Secret> {
    let secret = partitions.get(&run.scope)?.secrets.by_arn(&run.secret)?;
    secret.check_live().is_ok().then_some(secret)
}

fn secret_mut<'a>(
    partitions: &'a mut Partitions,
    scope: &Scope,
    arn: &SecretArn,
) -> Option<SecretMut<'a>> {
    partitions.get_mut(scope)?.secrets.by_arn_mut(arn)
}

/// Whether a version is still what a rotation makes or has made.
fn is_wanted(secret: &Secret, token: &VersionId) -> bool {
    secret.labels().pending() == Some(token) || secret.labels().current() == Some(token)
}
