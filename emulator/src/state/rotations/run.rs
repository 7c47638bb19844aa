//! One rotation in progress.

use crate::ids::{FunctionArn, InvocationNumber, Scope, SecretArn, Step, VersionId};
use crate::state::secrets::rotation::{RotationKind, RotationStart};
use crate::state::secrets::version::RotationToken;
use crate::time::Timestamp;

use super::RotationSettings;
use super::event::{FailureCause, Happening, ServiceEvent};

/// A step to run: what the event tells the function, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Its number.
    pub number: InvocationNumber,
    /// The function.
    pub function: FunctionArn,
    /// The step.
    pub step: Step,
    /// The secret, by its full ARN [U].
    pub secret: SecretArn,
    /// The version that the rotation makes: ClientRequestToken, the same in all steps [D][R].
    pub token: VersionId,
    /// The event's RotationToken [U][D].
    pub rotation_token: RotationToken,
    /// Account and Region.
    pub scope: Scope,
}

/// How a step ended; what the function returned is ignored [D].
pub type StepResult = Result<(), StepFailure>;

/// How a function fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFailure {
    /// The type of the error, such as `Runtime.ExitError`.
    pub error_type: String,
    /// What the function said.
    pub message: String,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A step is to be run.
    Ready(Step),
    /// A step is running.
    Running {
        step: Step,
        number: InvocationNumber,
    },
    /// An attempt failed; the next one begins then.
    Waiting { until: Timestamp },
    /// Nothing is to be done any more.
    Over,
}

/// A rotation in progress.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) secret: SecretArn,
    pub(super) scope: Scope,
    pub(super) token: VersionId,
    pub(super) kind: RotationKind,
    pub(super) phase: Phase,
    function: FunctionArn,
    // The version knows it too, but a version can go while its rotation still runs.
    rotation_token: RotationToken,
    failed_attempts: u32,
    /// Of a run that was abandoned: how many more steps are run.
    left: Option<u32>,
}

impl Run {
    pub(super) fn new(secret: SecretArn, scope: Scope, start: &RotationStart) -> Self {
        let first = match start.kind {
            RotationKind::Full => Step::CreateSecret,
            RotationKind::TestOnly => Step::TestSecret,
        };
        Self {
            secret,
            scope,
            token: start.token.clone(),
            kind: start.kind,
            phase: Phase::Ready(first),
            function: start.function.clone(),
            rotation_token: start.rotation_token.clone(),
            failed_attempts: 0,
            left: None,
        }
    }

    pub(super) fn is_for(&self, secret: &SecretArn, token: &VersionId) -> bool {
        self.secret == *secret && self.token == *token
    }

    /// The running step.
    pub(super) fn step(&self) -> Option<Step> {
        match self.phase {
            Phase::Running { step, .. } => Some(step),
            _ => None,
        }
    }

    /// The running invocation.
    pub(super) fn invocation(&self) -> Option<InvocationNumber> {
        match self.phase {
            Phase::Running { number, .. } => Some(number),
            _ => None,
        }
    }

    /// Begins the step that is ready.
    pub(super) fn begin_step(&mut self, number: InvocationNumber) -> Option<Invocation> {
        let Phase::Ready(step) = self.phase else {
            return None;
        };
        self.phase = Phase::Running { step, number };
        Some(Invocation {
            number,
            function: self.function.clone(),
            step,
            secret: self.secret.clone(),
            token: self.token.clone(),
            rotation_token: self.rotation_token.clone(),
            scope: self.scope.clone(),
        })
    }

    /// Was it abandoned? Nobody judges it then.
    pub(super) fn is_abandoned(&self) -> bool {
        self.left.is_some()
    }

    /// Abandons a rotation of which `steps` more are run. Does any of it remain?
    pub(super) fn goes_on_for(&mut self, steps: u32) -> bool {
        let has_begun = match self.phase {
            Phase::Running { .. } => true,
            // The step that would come next is one of them.
            Phase::Ready(_) => false,
            Phase::Waiting { .. } | Phase::Over => return false,
        };
        self.left = Some(steps.saturating_sub(u32::from(!has_begun)));
        steps > 0 && self.kind == RotationKind::Full
    }

    /// Goes on with the next step, if one is left.
    pub(super) fn go_on(&mut self, next: Option<Step>) {
        let left = self.left.unwrap_or_default();
        self.phase = match next.filter(|_| left > 0) {
            Some(step) => Phase::Ready(step),
            None => Phase::Over,
        };
        self.left = Some(left.saturating_sub(1));
    }

    /// Judges the step that ran: the next step, none after the last, or why it failed.
    pub(super) fn end_step(&self, result: StepResult) -> Result<Option<Step>, FailureCause> {
        let Some(step) = self.step() else {
            return Ok(None);
        };
        match result {
            Ok(()) => Ok(step.next()),
            Err(failure) => Err(FailureCause::Step {
                step,
                function: self.function.clone(),
                error_type: failure.error_type,
            }),
        }
    }

    /// Ends an attempt. The whole process is tried again with the same token [D], as often as the
    /// settings say [?].
    pub(super) fn fail(
        &mut self,
        cause: FailureCause,
        settings: &RotationSettings,
        now: Timestamp,
    ) -> Happening {
        let is_retried = self.failed_attempts < settings.retries;
        let retry_at = is_retried.then(|| now.plus_millis(settings.retry_after_ms));
        self.failed_attempts += 1;
        self.phase = retry_at.map_or(Phase::Over, |until| Phase::Waiting { until });
        Happening::RotationFailed { cause, retry_at }
    }

    /// Ends a test run, which is never tried again.
    pub(super) fn test_ended(&mut self, ended: Result<Option<Step>, FailureCause>) -> Happening {
        self.phase = Phase::Over;
        match ended {
            Ok(_) => Happening::TestRotationSucceeded,
            Err(cause) => Happening::TestRotationFailed { cause },
        }
    }

    /// What the start of this run is called.
    pub(super) fn started(&self) -> Happening {
        match self.kind {
            RotationKind::Full => Happening::RotationStarted,
            RotationKind::TestOnly => Happening::TestRotationStarted,
        }
    }

    /// What its end without success is called.
    pub(super) fn failed(&self, cause: FailureCause) -> Happening {
        match self.kind {
            RotationKind::Full => Happening::RotationFailed {
                cause,
                retry_at: None,
            },
            RotationKind::TestOnly => Happening::TestRotationFailed { cause },
        }
    }

    pub(super) fn event(&self, what: Happening, at: Timestamp) -> ServiceEvent {
        ServiceEvent {
            at,
            secret: self.secret.clone(),
            token: self.token.clone(),
            what,
        }
    }
}
