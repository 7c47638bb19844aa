//! The commands for whoever runs the rotator in earnest: against AWS, or against any endpoint.
//!
//! They use the rotator's own code with its own settings, which they read from the environment as
//! the function does.

pub(super) mod doctor;
pub(super) mod revive;
pub(super) mod rotate;
pub(super) mod sweep_keys;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use keywheel_emulator::fault::Span;
use keywheel_emulator::time::Timestamp;
use keywheel_rotator::connect::{self, Target};
use keywheel_rotator::{Class, RotationError, Rotator, Settings};
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

use super::exit::Failure;
use super::logging;
use super::screen::{RED, out, paint};

/// What a command of this family ends with when it did what it could and that was not good enough.
const NOT_WELL: u8 = 1;

/// Which secret, where, and how to tell.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed or not well, 2 usage, settings, Region or \
credentials. Settings are those of the function, from the environment."
)]
pub(super) struct Common {
    /// The secret: its ARN, or its name.
    #[arg(long, value_name = "ID")]
    secret_id: String,
    /// The endpoint of both services [default: AWS_ENDPOINT_URL, or AWS itself].
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// The Region [default: AWS_REGION, or that of the profile].
    #[arg(long)]
    region: Option<String>,
    /// The API [default: AppSyncApiId, the secret's tag smrot:api-id, or its member apiId].
    #[arg(long, value_name = "ID")]
    api_id: Option<String>,
    /// How long each step may take.
    #[arg(long, value_name = "DURATION", default_value = "120s")]
    timeout: Span,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A connected rotator, and the secret that it is to work on.
struct Operator<'a> {
    rotator: Rotator,
    common: &'a Common,
}

impl Operator<'_> {
    fn secret(&self) -> &str {
        &self.common.secret_id
    }

    fn time(&self) -> Duration {
        self.common.timeout.to_duration()
    }

    fn deadline(&self) -> SystemTime {
        connect::time().now() + self.time()
    }
}

/// Connects, and lets `work` do what the command is for.
fn operate<'a>(
    common: &'a Common,
    work: impl AsyncFnOnce(&Operator<'a>) -> Result<ExitCode, Failure>,
) -> Result<ExitCode, Failure> {
    logging::to_stderr(LevelFilter::WARN);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let operator = Operator {
            rotator: connect_as_told(common).await?,
            common,
        };
        work(&operator).await
    })
}

async fn connect_as_told(common: &Common) -> Result<Rotator, Failure> {
    let setting = |name: &str| match (name, &common.api_id) {
        ("AppSyncApiId", Some(api)) => Some(api.clone()),
        _ => variable(name),
    };
    let settings =
        Settings::from_env(setting).map_err(|error| Failure::usage(error.to_string()))?;
    let target = Target {
        region: common.region.clone(),
        endpoint_url: common.endpoint_url.clone(),
    };
    let usage = |error: connect::ConnectError| Failure::usage(error.to_string());
    let (clients, config) = connect::clients(target, variable).await.map_err(usage)?;
    connect::check_credentials(&config).await.map_err(usage)?;
    Ok(Rotator::new(
        clients,
        settings,
        connect::time(),
        connect::sleep(),
    ))
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    value.filter(|value| !value.trim().is_empty())
}

/// Tells a failure of the rotator, in the form that was asked for.
fn failed(common: &Common, step: Option<&str>, error: &RotationError) -> ExitCode {
    if common.json {
        let class = match error.class() {
            Class::Retryable => "retryable",
            Class::Permanent => "permanent",
        };
        print(&json!({
            "outcome": error.error_type(), "class": class, "step": step,
            "message": error.to_string(), "runbook": error.runbook(),
        }));
    } else {
        let place = step.map_or_else(String::new, |step| format!("{step}: "));
        let line = format!("{place}{}: {error}", error.error_type());
        say(&format!("{}\n  {}", paint(RED, &line), error.runbook()));
    }
    ExitCode::from(NOT_WELL)
}

/// One line of text.
fn say(line: &str) {
    // Nobody reads what cannot be written; the exit code still tells.
    let _ = writeln!(out(), "{line}");
}

/// One JSON object.
fn print(value: &Value) {
    say(&value.to_string());
}

/// Unix seconds as people read them.
fn moment(seconds: i64) -> String {
    Timestamp::from_seconds(seconds).to_string()
}
