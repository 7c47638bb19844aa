//! A start without a world: a function is started to see whether it can be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use http::Request;
use keywheel_emulator::fault::Caller;
use keywheel_emulator::ids::{FunctionArn, Scope};
use keywheel_emulator::invoke::{
    Answer, BoxFuture, Dropped, FunctionCredentials, Gateway, InvocationContext, LambdaProcess,
};
use keywheel_emulator::race::{Either, race};
use keywheel_emulator::state::lambda::deployment::Deployment;
use keywheel_emulator::time::{Timestamp, machine_time};
use tokio::sync::Notify;

use crate::event::FUNCTION;

use super::FunctionFailure;

/// How long a start may take, in real time: as long as on Lambda, and more for a busy machine.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Answers nothing, and tells that it was asked.
#[derive(Default)]
pub(super) struct Unconnected {
    was_asked: AtomicBool,
    asked: Notify,
}

impl Unconnected {
    /// Has anybody asked?
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    fn ask(&self) {
        self.was_asked.store(true, Ordering::Relaxed);
        self.asked.notify_one();
    }
}

impl Gateway for Unconnected {
    fn answer(&self, _: Request<Body>, _: Option<Caller>) -> BoxFuture<'_, Answer> {
        self.ask();
        Box::pin(async { Err(Dropped) })
    }

    fn now(&self) -> Timestamp {
        machine_time()
    }

    fn log(&self, _: &Scope, _: &str, _: &str, _: &[String]) {
        // Its output is taken as it comes.
    }

    fn credentials(&self, deployment: &Deployment) -> FunctionCredentials {
        FunctionCredentials::of_account(&deployment.scope)
    }
}

/// Starts a process and ends it. One that makes a call before its first event can only be judged
/// in a world: it has come far enough.
pub(super) fn start(process: &LambdaProcess) -> Result<(), FunctionFailure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| FunctionFailure {
        error_type: "Runtime.InvalidEntrypoint".to_owned(),
        message: format!("no process can be waited for: {error}"),
    })?;
    let gateway = Arc::new(Unconnected::default());
    let context = context(Arc::clone(&gateway));
    runtime.block_on(async {
        let start = race(process.start(&context), gateway.asked.notified());
        let started = match tokio::time::timeout(START_LIMIT, start).await {
            Ok(Either::Right(())) => Ok(()),
            Ok(Either::Left(_)) if gateway.was_asked() => Ok(()),
            Ok(Either::Left(started)) => {
                started.map_err(|failure| failure.into_step_failure().into())
            }
            Err(_) => Err(FunctionFailure {
                error_type: "Runtime.Timeout".to_owned(),
                message: format!(
                    "it did not ask for an event within {} s",
                    START_LIMIT.as_secs()
                ),
            }),
        };
        keywheel_emulator::invoke::RotationFunction::shut_down(process);
        started
    })
}

fn context(gateway: Arc<Unconnected>) -> InvocationContext {
    InvocationContext {
        caller: None,
        request_id: "00000000-0000-0000-0000-000000000000".to_owned(),
        function: FunctionArn::new(FUNCTION),
        scope: Scope::default(),
        timeout: START_LIMIT,
        endpoint_url: Arc::from(""),
        log_stream: Arc::from("keywheel"),
        gateway,
    }
}
