//! Secrets Manager as the rotator sees it.

use super::{Failure, Meaning, ask};
use crate::clock::Clock;
use crate::config::Tags;
use crate::expiry::Schedule;
use crate::labels::{CURRENT, Labels, PENDING};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::StatusType;
use aws_smithy_types::DateTime;
use zeroize::Zeroizing;

const DESCRIBE: &str = "secretsmanager:DescribeSecret";
const GET: &str = "secretsmanager:GetSecretValue";
pub(crate) const PUT: &str = "secretsmanager:PutSecretValue";
pub(crate) const MOVE: &str = "secretsmanager:UpdateSecretVersionStage";

/// How long before its last change, in seconds, a secret may have been rotated by that change.
const DATED_WITHIN: i64 = 60;

/// A value that no version holds, and a label that none carries.
const NOTHING: &str = "smrot-doctor";

/// What DescribeSecret says.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    pub(crate) arn: String,
    /// Absent if rotation was never configured (API model).
    pub(crate) rotation_enabled: Option<bool>,
    pub(crate) is_deleted: bool,
    pub(crate) primary_region: Option<String>,
    pub(crate) replicas_in_sync: bool,
    pub(crate) tags: Tags,
    pub(crate) labels: Labels,
    pub(crate) schedule: Schedule,
    /// When the secret or its labels last changed, in unix seconds.
    pub(crate) last_changed: Option<i64>,
}

impl Description {
    /// Whether the service has ended the rotation to `version`, which carries AWSCURRENT: it takes
    /// AWSPENDING off and dates the rotation (recorded). Whoever only moves the labels does the
    /// one, but not the other.
    pub(crate) fn has_ended(&self, version: &str) -> bool {
        let dates = self.schedule.last.zip(self.last_changed);
        let is_dated = dates.is_some_and(|(rotated, changed)| rotated >= changed - DATED_WITHIN);
        is_dated && !self.labels.has(version, PENDING)
    }
}

/// The value of a version. It has no `Debug`: it is the secret.
pub(crate) struct Stored {
    /// `None` for a SecretBinary.
    pub(crate) text: Option<Zeroizing<String>>,
    /// When the version was made, in unix seconds.
    pub(crate) created: Option<i64>,
}

/// How PutSecretValue ended, when it ended certainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// The version holds the value given.
    Stored,
    /// The version already held another value (recorded: ResourceExistsException).
    AlreadyOther,
}

/// How moving AWSCURRENT ended.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// The label has moved.
    Done,
    /// Not, or not certainly: look again before deciding anything.
    LookAgain(Failure),
}

/// The calls of one invocation.
#[derive(Clone)]
pub(crate) struct Secrets {
    client: Client,
    clock: Clock,
}

impl Secrets {
    pub(crate) fn new(client: Client, clock: Clock) -> Self {
        Self { client, clock }
    }

    /// Describes a secret given by ARN, partial ARN or name.
    pub(crate) async fn describe(&self, secret: &str) -> Result<Description, Failure> {
        let call = self.client.describe_secret().secret_id(secret);
        let output = ask(&self.clock, DESCRIBE, || call.clone().send()).await?;
        Ok(description(output, secret))
    }

    /// The value of a version, or `None` while it has none: a version waits for its value
    /// labelled AWSPENDING (recorded: ResourceNotFoundException).
    pub(crate) async fn read(&self, arn: &str, version: &str) -> Result<Option<Stored>, Failure> {
        let call = self
            .client
            .get_secret_value()
            .secret_id(arn)
            .version_id(version);
        match ask(&self.clock, GET, || call.clone().send()).await {
            Ok(output) => Ok(Some(Stored {
                created: output.created_date().map(DateTime::secs),
                text: output.secret_string.map(Zeroizing::new),
            })),
            Err(failure) if failure.meaning == Meaning::Gone => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Stores `text` as the value of `version` and labels it AWSPENDING. Repeating it with the
    /// same text changes nothing (API model).
    pub(crate) async fn put_pending(
        &self,
        arn: &str,
        version: &str,
        text: &str,
        rotation_token: Option<&str>,
    ) -> Result<Put, Failure> {
        let call = self
            .client
            .put_secret_value()
            .secret_id(arn)
            .client_request_token(version)
            .secret_string(text)
            .version_stages(PENDING)
            .set_rotation_token(rotation_token.map(str::to_owned));
        match ask(&self.clock, PUT, || call.clone().send()).await {
            Ok(_) => Ok(Put::Stored),
            Err(failure) if failure.meaning == Meaning::Exists => Ok(Put::AlreadyOther),
            Err(failure) => Err(failure),
        }
    }

    /// Moves AWSCURRENT to `version` if it is still on `from`: the service compares and swaps
    /// (recorded: InvalidParameterException when `from` does not hold it).
    pub(crate) async fn move_current(
        &self,
        arn: &str,
        version: &str,
        from: Option<&str>,
    ) -> Result<Move, Failure> {
        let call = self
            .client
            .update_secret_version_stage()
            .secret_id(arn)
            .version_stage(CURRENT)
            .move_to_version_id(version)
            .set_remove_from_version_id(from.map(str::to_owned));
        let Err(failure) = ask(&self.clock, MOVE, || call.clone().send()).await else {
            return Ok(Move::Done);
        };
        if failure.is_transient() || failure.meaning == Meaning::Conflict {
            return Ok(Move::LookAgain(failure));
        }
        Err(failure)
    }

    /// Asks whether PutSecretValue is allowed, by offering another value to a version that has one
    /// (model: that fails, and changes nothing).
    pub(crate) async fn ask_put(&self, arn: &str, version: &str) -> Option<Meaning> {
        let put = self.put_pending(arn, version, NOTHING, None).await;
        match put {
            Ok(Put::Stored) => None,
            Ok(Put::AlreadyOther) => Some(Meaning::Exists),
            Err(failure) => Some(failure.meaning),
        }
    }

    /// Asks whether UpdateSecretVersionStage is allowed, by taking off a label that `version` does
    /// not carry.
    pub(crate) async fn ask_move(&self, arn: &str, version: &str) -> Option<Meaning> {
        let call = self
            .client
            .update_secret_version_stage()
            .secret_id(arn)
            .version_stage(NOTHING)
            .remove_from_version_id(version);
        let result = ask(&self.clock, MOVE, || call.clone().send()).await;
        result.err().map(|failure| failure.meaning)
    }

    /// Takes AWSPENDING off `version`, which must carry it.
    pub(crate) async fn strip_pending(&self, arn: &str, version: &str) -> Result<(), Failure> {
        let call = self
            .client
            .update_secret_version_stage()
            .secret_id(arn)
            .version_stage(PENDING)
            .remove_from_version_id(version);
        let result = ask(&self.clock, MOVE, || call.clone().send()).await;
        result.map(|_| ())
    }
}

fn description(output: DescribeSecretOutput, asked_for: &str) -> Description {
    let replicas = output.replication_status();
    let rules = output.rotation_rules();
    Description {
        arn: output.arn().unwrap_or(asked_for).to_owned(),
        rotation_enabled: output.rotation_enabled(),
        is_deleted: output.deleted_date().is_some(),
        primary_region: output.primary_region().map(str::to_owned),
        replicas_in_sync: replicas
            .iter()
            .all(|r| r.status() == Some(&StatusType::InSync)),
        tags: output
            .tags()
            .iter()
            .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
            .collect(),
        schedule: Schedule {
            after_days: rules.and_then(|rules| rules.automatically_after_days()),
            expression: rules
                .and_then(|rules| rules.schedule_expression())
                .map(str::to_owned),
            last: output.last_rotated_date().map(DateTime::secs),
            next: output.next_rotation_date().map(DateTime::secs),
        },
        last_changed: output.last_changed_date().map(DateTime::secs),
        labels: Labels::new(output.version_ids_to_stages.unwrap_or_default()),
    }
}
