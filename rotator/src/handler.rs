//! One invocation: judge the event and the labels, then run the step before the deadline.

use crate::aws::api_keys::ApiKeys;
use crate::aws::probe::Prober;
use crate::aws::secrets::{Description, Secrets};
use crate::clock::Clock;
use crate::config::{Settings, TestMode};
use crate::error::{Problem, RotationError};
use crate::event::{self, RotationEvent, Step};
use crate::known::KnownApis;
use crate::labels::CURRENT;
use crate::socket::SharedSockets;
use crate::standing::{Standing, describe, describe_and_judge};
use crate::steps::sweep::{Sweep, Sweeping};
use crate::steps::{self, Run};
use crate::tally::{Metric, Tally};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::fmt;
use std::time::{Duration, SystemTime};
use tracing::Instrument;
use tracing::field::Empty;

/// The pauses before looking again at labels that say no: right after RotateSecret they may be
/// read from before it.
const SECOND_LOOKS: [Duration; 2] = [Duration::from_millis(500); 2];

/// The clients the rotator works with; it builds none itself.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Secrets Manager.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// The AppSync control plane.
    pub api_keys: aws_sdk_appsync::Client,
    /// For the GraphQL requests that test a key.
    pub http: SharedHttpClient,
    /// For the websockets that test a key of an Event API; without them such a test has no verdict.
    pub sockets: Option<SharedSockets>,
}

/// The rotation function. All it keeps between invocations are facts that cannot change.
pub struct Rotator {
    secrets: aws_sdk_secretsmanager::Client,
    keys: aws_sdk_appsync::Client,
    prober: Prober,
    settings: Settings,
    known: KnownApis,
    pub(crate) time: SharedTimeSource,
    sleep: SharedAsyncSleep,
}

/// Without the clients: what they print is long, and their credentials are in it.
impl fmt::Debug for Rotator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rotator")
            .field("settings", &self.settings)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

impl Rotator {
    /// A rotator that reads the time from `time` and waits through `sleep` alone.
    pub fn new(
        clients: Clients,
        settings: Settings,
        time: SharedTimeSource,
        sleep: SharedAsyncSleep,
    ) -> Self {
        let query = &settings.test_query;
        let is_strict = settings.test_mode == TestMode::Custom;
        Self {
            secrets: clients.secrets,
            keys: clients.api_keys,
            prober: Prober::new(
                clients.http,
                clients.sockets,
                time.clone(),
                sleep.clone(),
                query,
                is_strict,
            ),
            settings,
            known: KnownApis::default(),
            time,
            sleep,
        }
    }

    /// Runs the rotation step that `event` asks for and answers before `deadline`.
    ///
    /// # Errors
    /// Every failure has a stable type and a class; see the runbook in this crate's README.
    pub async fn handle(
        &self,
        event: RotationEvent,
        deadline: SystemTime,
    ) -> Result<(), RotationError> {
        self.handle_counted(event, deadline, &Tally::default())
            .await
    }

    /// As [`Rotator::handle`], counting in `tally` what was done.
    ///
    /// # Errors
    /// As [`Rotator::handle`].
    pub async fn handle_counted(
        &self,
        event: RotationEvent,
        deadline: SystemTime,
        tally: &Tally,
    ) -> Result<(), RotationError> {
        self.handle_as(&event, deadline, tally, false).await
    }

    /// As [`Rotator::handle_counted`]; createSecret makes its version itself if it `may_begin`.
    pub(crate) async fn handle_as(
        &self,
        event: &RotationEvent,
        deadline: SystemTime,
        tally: &Tally,
        may_begin: bool,
    ) -> Result<(), RotationError> {
        let clock = self.clock(deadline);
        let version = event.client_request_token.get(..8).unwrap_or_default();
        let span = tracing::error_span!(
            "rotation",
            step = event.step,
            secret = event.secret_id,
            version,
            api = Empty,
        );
        let reported = async {
            let started = clock.instant();
            // Boxed: with the SDK below them the steps are too deep to lay out in one piece.
            let work = Box::pin(self.dispatch(event, &clock, tally, may_begin));
            let result = clock.within_deadline(work).await;
            report(&result, tally, clock.since(started));
            result
        };
        reported.instrument(span).await
    }

    /// Looks after the keys of a secret outside of its rotations: extends those in use, retires
    /// those that no label names, and answers before `deadline`.
    ///
    /// # Errors
    /// As [`Rotator::handle`]. That some key could not be changed is no error: the sweep tells.
    pub async fn sweep(
        &self,
        secret_id: &str,
        how: Sweeping,
        deadline: SystemTime,
        tally: &Tally,
    ) -> Result<Sweep, RotationError> {
        let clock = self.clock(deadline);
        let span = tracing::error_span!(
            "rotation",
            step = event::SWEEP,
            secret = secret_id,
            api = Empty,
        );
        let reported = async {
            let started = clock.instant();
            let work = Box::pin(self.sweep_now(secret_id, how, &clock, tally));
            let result = clock.within_deadline(work).await;
            report(&result, tally, clock.since(started));
            result
        };
        reported.instrument(span).await
    }

    /// The secrets that a sweep is for: the one named, or all that the settings allow by name.
    ///
    /// # Errors
    /// `InvalidEvent` if there is neither.
    pub fn secrets_to_sweep(&self, named: Option<String>) -> Result<Vec<String>, RotationError> {
        let secrets = match named {
            Some(secret) => vec![secret],
            None => self.settings.allow_list.clone(),
        };
        if secrets.is_empty() {
            let reason = "a sweep without SecretId needs SECRET_ARN or SECRET_ALLOWLIST".to_owned();
            return Err(Problem::InvalidEvent { reason }.into());
        }
        Ok(secrets)
    }

    async fn sweep_now(
        &self,
        secret_id: &str,
        how: Sweeping,
        clock: &Clock,
        tally: &Tally,
    ) -> Result<Sweep, RotationError> {
        let secret = self.allowed(describe(&self.secrets(clock), secret_id).await?)?;
        let current = secret.labels.holder(CURRENT).unwrap_or_default().to_owned();
        let run = self.run(secret, &current, clock, tally);
        steps::sweep::sweep(&run, how).await
    }

    pub(crate) fn clock(&self, deadline: SystemTime) -> Clock {
        Clock::new(self.time.clone(), self.sleep.clone(), deadline)
    }

    /// The calls to Secrets Manager of one invocation.
    pub(crate) fn secrets(&self, clock: &Clock) -> Secrets {
        Secrets::new(self.secrets.clone(), clock.clone())
    }

    fn keys(&self, clock: &Clock) -> ApiKeys {
        let prefix = self.settings.marker_prefix.clone();
        ApiKeys::new(self.keys.clone(), clock.clone(), prefix)
    }

    /// A run over `secret` for the version `token`.
    pub(crate) fn run<'a>(
        &'a self,
        secret: Description,
        token: &'a str,
        clock: &'a Clock,
        tally: &'a Tally,
    ) -> Run<'a> {
        Run {
            secrets: self.secrets(clock),
            keys: self.keys(clock),
            prober: &self.prober,
            settings: &self.settings,
            known: &self.known,
            tally,
            clock,
            entered: clock.instant(),
            secret,
            token,
            may_begin: false,
            rotation_token: None,
        }
    }

    async fn dispatch(
        &self,
        event: &RotationEvent,
        clock: &Clock,
        tally: &Tally,
        may_begin: bool,
    ) -> Result<(), RotationError> {
        let step = event.step()?;
        let may_begin = may_begin && step == Step::Create;
        let (secret, standing) = self.enter(event, clock, may_begin).await?;
        let run = Run {
            may_begin,
            rotation_token: event.rotation_token.as_deref(),
            ..self.run(secret, &event.client_request_token, clock, tally)
        };
        match (standing, step) {
            (Standing::Current, Step::Finish) => {
                steps::finish::tidy_up_again(&run).await;
                Ok(())
            }
            (Standing::Current, _) => {
                let (token, arn) = (run.token, &run.secret.arn);
                tracing::info!(
                    "Secret version {token} already set as AWSCURRENT for secret {arn}."
                );
                Ok(())
            }
            (Standing::Pending, Step::Create) => steps::create::create_secret(&run).await,
            (Standing::Pending, Step::Set) => steps::set::set_secret(&run).await,
            (Standing::Pending, Step::Test) => steps::test::test_secret(&run).await,
            (Standing::Pending, Step::Finish) => steps::finish::finish_secret(&run).await,
        }
    }

    async fn enter(
        &self,
        event: &RotationEvent,
        clock: &Clock,
        may_begin: bool,
    ) -> Result<(Description, Standing), RotationError> {
        let token = &event.client_request_token;
        let secrets = self.secrets(clock);
        let mut second_looks = SECOND_LOOKS.into_iter();
        let (secret, standing) = loop {
            let secret_id = &event.secret_id;
            let looked = describe_and_judge(&secrets, secret_id, token, may_begin).await;
            match (looked, second_looks.next()) {
                (Err(error), Some(pause)) if error.may_be_stale() => clock.pause(pause).await?,
                (looked, _) => break looked?,
            }
        };
        Ok((self.allowed(secret)?, standing))
    }

    /// The secret, if the settings let the function touch it.
    pub(crate) fn allowed(&self, secret: Description) -> Result<Description, RotationError> {
        if !self.settings.allows(&secret.arn) {
            return Err(Problem::SecretNotAllowed { secret: secret.arn }.into());
        }
        Ok(secret)
    }
}

/// The last line of an invocation; step, secret, version and API are in its span.
fn report<T>(result: &Result<T, RotationError>, tally: &Tally, duration: Duration) {
    let created = tally.get(Metric::KeysCreated);
    let adopted = tally.get(Metric::KeysAdopted);
    let retired = tally.get(Metric::KeysRetired);
    let deleted = tally.get(Metric::KeysDeleted);
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(_) => tracing::info!(
            outcome = "success",
            created,
            adopted,
            retired,
            deleted,
            duration_ms,
            "done"
        ),
        Err(error) => tracing::error!(
            outcome = error.error_type(),
            class = ?error.class(),
            runbook = error.runbook(),
            created,
            adopted,
            retired,
            deleted,
            duration_ms,
            "{error}"
        ),
    }
}

#[cfg(test)]
mod tests;
