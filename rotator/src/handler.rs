//! One invocation: judge the event and the labels, then run the step before the deadline.

use crate::aws::api_keys::ApiKeys;
use crate::aws::probe::Prober;
use crate::aws::secrets::{Description, Secrets};
use crate::clock::Clock;
use crate::config::Settings;
use crate::error::{Problem, RotationError};
use crate::event::{RotationEvent, Step};
use crate::standing::{Standing, describe_and_judge};
use crate::steps::{self, Run};
use crate::tally::Tally;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::time::{Duration, SystemTime};

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
}

/// The rotation function. It keeps no state between invocations.
#[derive(Debug)]
pub struct Rotator {
    secrets: Secrets,
    keys: ApiKeys,
    prober: Prober,
    settings: Settings,
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
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
        Self {
            secrets: Secrets::new(clients.secrets),
            keys: ApiKeys::new(clients.api_keys, settings.marker_prefix.clone()),
            prober: Prober::new(clients.http, time.clone(), sleep.clone(), query),
            settings,
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
        let clock = Clock::new(self.time.clone(), self.sleep.clone(), deadline);
        // Boxed: with the SDK below them the steps are too deep to lay out in one piece.
        let work = Box::pin(self.dispatch(&event, &clock, tally));
        let result = clock.within_deadline(work).await;
        report(&event, &result);
        result
    }

    async fn dispatch(
        &self,
        event: &RotationEvent,
        clock: &Clock,
        tally: &Tally,
    ) -> Result<(), RotationError> {
        let step = event.step()?;
        let (secret, standing) = self.enter(event, clock).await?;
        let run = Run {
            secrets: &self.secrets,
            keys: &self.keys,
            prober: &self.prober,
            settings: &self.settings,
            tally,
            clock,
            entered: clock.instant(),
            secret,
            token: &event.client_request_token,
            rotation_token: event.rotation_token.as_deref(),
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
    ) -> Result<(Description, Standing), RotationError> {
        let token = &event.client_request_token;
        let mut second_looks = SECOND_LOOKS.into_iter();
        let (secret, standing) = loop {
            let looked = describe_and_judge(&self.secrets, &event.secret_id, token).await;
            match (looked, second_looks.next()) {
                (Err(error), Some(pause)) if error.may_be_stale() => clock.pause(pause).await?,
                (looked, _) => break looked?,
            }
        };
        if !self.settings.allows(&secret.arn) {
            return Err(Problem::SecretNotAllowed { secret: secret.arn }.into());
        }
        Ok((secret, standing))
    }
}

fn report(event: &RotationEvent, result: &Result<(), RotationError>) {
    let version = event.client_request_token.get(..8).unwrap_or_default();
    let (step, secret) = (event.step.as_str(), event.secret_id.as_str());
    match result {
        Ok(()) => tracing::info!(step, secret, version, outcome = "success", "done"),
        Err(error) => {
            let (outcome, class) = (error.error_type(), error.class());
            tracing::error!(step, secret, version, outcome, ?class, "{error}");
        }
    }
}

#[cfg(test)]
mod tests;
