//! The Lambda entry point: reads the environment, and decides what leaves the process as a log line.

use aws_smithy_async::time::SharedTimeSource;
use keywheel_rotator::connect::{self, Target};
use keywheel_rotator::emf::{self, Facts};
use keywheel_rotator::event::Request;
use keywheel_rotator::redact::RedactingWriter;
use keywheel_rotator::{RotationError, Rotator, Settings, Sweeping, Tally};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The `Step` under which one secret of a sweep is counted; the invocation itself is `sweep`.
const SWEPT: &str = "sweepSecret";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    silence_panics();
    let time = connect::time();
    // A bad setting fails every invocation by name; a failed start would only say that it failed.
    let rotator = match Settings::from_env(variable) {
        Ok(settings) => {
            let (clients, _) = connect::clients(Target::default(), variable).await?;
            Ok(Rotator::new(
                clients,
                settings,
                time.clone(),
                connect::sleep(),
            ))
        }
        Err(error) => Err(error),
    };
    let handler = service_fn(|event: LambdaEvent<Value>| answer(&rotator, &time, event));
    lambda_runtime::run(handler).await
}

async fn answer(
    rotator: &Result<Rotator, RotationError>,
    time: &SharedTimeSource,
    event: LambdaEvent<Value>,
) -> Result<(), Diagnostic> {
    let started = time.now();
    let tally = Tally::default();
    let step = event
        .payload
        .get("Step")
        .and_then(Value::as_str)
        .unwrap_or("none")
        .to_owned();
    let deadline = UNIX_EPOCH + Duration::from_millis(event.context.deadline);
    let result = caught(async {
        let rotator = rotator.as_ref().map_err(Clone::clone)?;
        match Request::from_value(event.payload)? {
            Request::Rotate(event) => rotator.handle_counted(event, deadline, &tally).await,
            Request::Sweep(named) => sweep(rotator, time, named, deadline).await,
        }
    });
    let result = result.await.unwrap_or_else(|| Err(panicked()));
    let outcome = result.as_ref().err().map(|error| &*error.error_type);
    emit(&step, outcome, &tally, started, time.now());
    result
}

/// Sweeps one secret after the other, each with metrics of its own; the first failure is told.
async fn sweep(
    rotator: &Rotator,
    time: &SharedTimeSource,
    named: Option<String>,
    deadline: SystemTime,
) -> Result<(), RotationError> {
    let mut told = Ok(());
    for secret in rotator.secrets_to_sweep(named)? {
        let (started, tally) = (time.now(), Tally::default());
        let swept = rotator
            .sweep(&secret, Sweeping::ForReal, deadline, &tally)
            .await;
        let outcome = swept.as_ref().err().map(RotationError::error_type);
        emit(SWEPT, outcome, &tally, started, time.now());
        told = told.and(swept.map(|_| ()));
    }
    told
}

/// What the service and the function's log show of an error: its type and its sentence.
fn diagnostic(error: &RotationError) -> Diagnostic {
    Diagnostic {
        error_type: error.error_type().to_owned(),
        error_message: error.to_string(),
    }
}

fn panicked() -> Diagnostic {
    let error_message = "the rotator panicked; see the log for where".to_owned();
    Diagnostic {
        error_type: "Panic".to_owned(),
        error_message,
    }
}

/// Runs `work`; `None` if it panicked. The runtime would publish the text of the panic.
async fn caught<T>(
    work: impl Future<Output = Result<T, RotationError>>,
) -> Option<Result<T, Diagnostic>> {
    let mut work = pin!(work);
    let outcome = std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready(Some(result)),
            Err(_) => Poll::Ready(None),
        }
    });
    outcome
        .await
        .map(|result| result.map_err(|error| diagnostic(&error)))
}

fn emit(step: &str, failure: Option<&str>, tally: &Tally, started: SystemTime, ended: SystemTime) {
    let outcome = failure.unwrap_or("success");
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let facts = Facts {
        step,
        outcome,
        timestamp_ms: millis(ended.duration_since(UNIX_EPOCH).unwrap_or_default()),
        duration_ms: millis(ended.duration_since(started).unwrap_or_default()),
    };
    let line = format!("{}\n", emf::line(facts, tally));
    // Metrics that cannot be written are not worth failing a rotation.
    let _ = RedactingWriter(std::io::stdout()).write_all(line.as_bytes());
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// JSON lines by default. Only this crate may be more talkative than `info`: at finer levels the
/// SDK and the HTTP stack print requests, and requests carry keys.
fn start_logging() {
    let level = variable("AWS_LAMBDA_LOG_LEVEL").or_else(|| variable("RUST_LOG"));
    let level = level
        .unwrap_or_default()
        .to_lowercase()
        .replace("fatal", "error");
    let chosen = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse_lossy(level);
    let capped = filter_fn(|metadata| {
        let target = metadata.target();
        let is_ours = target.starts_with("keywheel_rotator") || target.starts_with("bootstrap");
        is_ours || *metadata.level() <= tracing::Level::INFO
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| RedactingWriter(std::io::stdout()))
        .with_ansi(false);
    let is_text = variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|f| f.eq_ignore_ascii_case("text"));
    let lines = if is_text {
        lines.boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(chosen.and(capped)))
        .init();
}

/// Logs where a panic was, but not its text, which may quote anything.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
