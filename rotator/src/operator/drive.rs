//! A whole rotation without the service: the four steps in order, for a secret whose function is
//! not deployed yet or must not be trusted now.

use crate::aws::secrets::Secrets;
use crate::error::RotationError;
use crate::event::{RotationEvent, Step};
use crate::handler::Rotator;
use crate::labels::PENDING;
use crate::standing::describe;
use crate::tally::Tally;
use std::time::{Duration, SystemTime};

const STEPS: [Step; 4] = [Step::Create, Step::Set, Step::Test, Step::Finish];

/// A rotation that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driven {
    /// The ARN of the secret.
    pub secret: String,
    /// The version that is current now.
    pub version: String,
    /// Whether the rotation had been begun by an earlier try or by the service.
    pub was_resumed: bool,
}

/// A rotation that stopped. The next try goes on where this one ended.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// The step that failed, or none if the secret could not even be looked at.
    pub step: Option<Step>,
    /// Why.
    pub error: RotationError,
}

impl From<RotationError> for Stopped {
    fn from(error: RotationError) -> Self {
        Self { step: None, error }
    }
}

impl Rotator {
    /// Rotates `secret_id`, giving each step `time` to answer. The version is the one that waits
    /// with AWSPENDING, or else `new_version`, which must be a version id that was never used.
    /// `on_step` is told each step before it runs.
    ///
    /// Unlike the service nobody cleans up AWSPENDING afterwards, so this does.
    ///
    /// # Errors
    /// The step that failed, and why.
    pub async fn rotate(
        &self,
        secret_id: &str,
        new_version: &str,
        time: Duration,
        on_step: &mut (dyn FnMut(Step, &str) + Send),
    ) -> Result<Driven, Stopped> {
        let clock = self.clock(self.deadline(time));
        let secret = self.allowed(describe(&self.secrets(&clock), secret_id).await?)?;
        let waiting = secret.labels.waiting().map(str::to_owned);
        let version = waiting.clone().unwrap_or_else(|| new_version.to_owned());
        for step in STEPS {
            on_step(step, &version);
            let event = RotationEvent {
                step: step.name().to_owned(),
                secret_id: secret.arn.clone(),
                client_request_token: version.clone(),
                rotation_token: None,
            };
            let (deadline, tally) = (self.deadline(time), Tally::default());
            let result = self.handle_as(&event, deadline, &tally, true).await;
            result.map_err(|error| Stopped {
                step: Some(step),
                error,
            })?;
        }
        let clock = self.clock(self.deadline(time));
        clean_up(&self.secrets(&clock), &secret.arn, &version).await;
        Ok(Driven {
            secret: secret.arn,
            version,
            was_resumed: waiting.is_some(),
        })
    }

    fn deadline(&self, time: Duration) -> SystemTime {
        self.time.now() + time
    }
}

/// A left-over AWSPENDING harms nothing: it is on the current version.
async fn clean_up(secrets: &Secrets, arn: &str, version: &str) {
    let secret = match secrets.describe(arn).await {
        Ok(secret) => secret,
        Err(failure) => return failure.warn("AWSPENDING may be left on the current version"),
    };
    if secret.labels.has(version, PENDING)
        && let Err(failure) = secrets.strip_pending(arn, version).await
    {
        failure.warn("AWSPENDING is left on the current version");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::*;
    use serde_json::json;

    const TIME: Duration = Duration::from_secs(120);

    fn steps(version_labels: fn() -> Answer) -> Vec<(&'static str, Answer)> {
        let n = key('n');
        let keys = || listed(&[(&n, &marker(TOKEN, 0), 98)]);
        let value = || ("GetSecretValue", stored(&n, 60));
        let probe = || ("Probe n", accepted());
        vec![
            ("DescribeSecret", version_labels()),
            ("GetSecretValue", no_value()),
            ("GetSecretValue", stored("CHANGE_ME", 60)),
            ("ListApiKeys", listed(&[])),
            ("CreateApiKey", created(&n)),
            ("PutSecretValue", done()),
            ("DescribeSecret", pending()),
            value(),
            ("ListApiKeys", keys()),
            ("DescribeSecret", pending()),
            value(),
            ("GetGraphqlApi", data_plane()),
            probe(),
            probe(),
            ("DescribeSecret", pending()),
            value(),
            ("ListApiKeys", keys()),
            probe(),
            ("DescribeSecret", pending()),
            ("UpdateSecretVersionStage", done()),
            (
                "DescribeSecret",
                described(json!({ V2: ["AWSPREVIOUS"], TOKEN: ["AWSCURRENT", "AWSPENDING"] })),
            ),
            ("UpdateSecretVersionStage", done()),
        ]
    }

    async fn rotate(script: &Script) -> (Result<Driven, Stopped>, Vec<&'static str>) {
        let mut seen = Vec::new();
        let driven = script
            .rotator()
            .rotate(ARN, TOKEN, TIME, &mut |step, _| seen.push(step.name()))
            .await;
        (driven, seen)
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_of_its_own_is_made_current_and_cleaned_up() {
        let fresh = || described(json!({ V2: ["AWSCURRENT"] }));
        let lines = [("DescribeSecret", fresh())];
        let script = Script::new(lines.into_iter().chain(steps(fresh)).collect());
        let (driven, seen) = rotate(&script).await;
        let driven = driven.unwrap();
        assert_eq!(
            (driven.version.as_str(), driven.was_resumed),
            (TOKEN, false)
        );
        assert_eq!(
            seen,
            ["createSecret", "setSecret", "testSecret", "finishSecret"]
        );
        let calls = script.calls();
        let stripped = &calls.last().unwrap().body;
        assert_eq!(stripped["VersionStage"], "AWSPENDING");
        assert_eq!(stripped["RemoveFromVersionId"], TOKEN);
    }

    /// A schema change holds CreateApiKey up, so that the labels are read again before the value
    /// is stored: the version is still one that nobody has begun.
    #[tokio::test(start_paused = true)]
    async fn a_version_of_its_own_may_take_its_time() {
        let fresh = || described(json!({ V2: ["AWSCURRENT"] }));
        let busy = (
            "CreateApiKey",
            error(409, "ConcurrentModificationException"),
        );
        let mut lines = steps(fresh);
        lines.insert(0, ("DescribeSecret", fresh()));
        lines.splice(5..5, [busy.clone(), busy]);
        lines.insert(8, ("DescribeSecret", fresh()));
        let (driven, _) = rotate(&Script::new(lines)).await;
        assert!(driven.is_ok(), "{driven:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_version_is_taken_up_again() {
        let lines = [("DescribeSecret", pending())];
        let script = Script::new(lines.into_iter().chain(steps(pending)).collect());
        assert!(rotate(&script).await.0.unwrap().was_resumed);
    }

    #[tokio::test(start_paused = true)]
    async fn where_it_stopped_is_told() {
        let fresh = || ("DescribeSecret", described(json!({ V2: ["AWSCURRENT"] })));
        let denied = ("GetSecretValue", error(400, "AccessDeniedException"));
        let (stopped, seen) = rotate(&Script::new(vec![fresh(), fresh(), denied])).await;
        let stopped = stopped.unwrap_err();
        assert_eq!(stopped.step, Some(Step::Create));
        assert_eq!(stopped.error.error_type(), "AccessDenied");
        assert_eq!(seen, ["createSecret"]);
        let gone = ("DescribeSecret", error(400, "ResourceNotFoundException"));
        let (stopped, _) = rotate(&Script::new(vec![gone])).await;
        assert!(stopped.unwrap_err().step.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn another_rotation_that_began_meanwhile_is_left_alone() {
        let fresh = ("DescribeSecret", described(json!({ V2: ["AWSCURRENT"] })));
        let taken = || {
            let labels = json!({ V2: ["AWSCURRENT"], V1: ["AWSPENDING"] });
            ("DescribeSecret", described(labels))
        };
        let (stopped, _) = rotate(&Script::new(vec![fresh, taken(), taken(), taken()])).await;
        assert_eq!(stopped.unwrap_err().error.error_type(), "NoStage");
    }
}
