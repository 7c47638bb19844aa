//! Running functions for Invoke, and created ones for the steps of rotations.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::connection::stopped;
use crate::engine::Engine;
use crate::fault::{Caller, Verdict};
use crate::invoke::{FunctionCredentials, Gateway, HostedRun, Run};
use crate::race::{Either, race};
use crate::state::lambda::deployment::{Deployment, FunctionCall};
use crate::time::Timestamp;
use crate::wire::request::Outcome;

use super::shell::Shell;

impl Shell {
    /// Runs what Invoke asked for and answers as Lambda does. The run goes on when the client
    /// goes away.
    pub(super) async fn run_call(&self, call: FunctionCall, fault: Option<Verdict>) -> Outcome {
        let (is_awaited, wants_log) = (call.is_awaited, call.wants_log);
        let (version, request_id) = (call.deployment.version.clone(), call.request_id.clone());
        let running = tokio::spawn(self.strong().run_to_end(call));
        let mut response = Response::new(Bytes::new());
        if is_awaited {
            // The task is never aborted; what remains is a server that ends.
            match running.await.ok().flatten() {
                Some(run) => answer(&mut response, run, wants_log),
                None => *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE,
            }
            put(&mut response, "x-amz-executed-version", &version);
        } else {
            *response.status_mut() = StatusCode::ACCEPTED;
        }
        put(&mut response, "x-amzn-requestid", &request_id);
        let mut core = self.lock();
        let now = core.now();
        core.engine.answer_run(fault, response, now)
    }

    async fn run_to_end(self: Arc<Self>, call: FunctionCall) -> Option<HostedRun> {
        let arn = call.deployment.arn();
        if let Some(function) = self.functions.get(&arn).cloned() {
            return Some(self.run_event(&arn, function, call).await);
        }
        let run = Run {
            event: call.payload.into(),
            request_id: call.request_id,
            function: call.deployment.invoked_arn.clone(),
            timeout: timeout(&call.deployment),
            client_context: call.client_context,
            caller: None,
        };
        let stopping = stopped(self.stopping.subscribe());
        let gateway = Arc::clone(&self) as Arc<dyn Gateway>;
        match race(stopping, self.host.run(&call.deployment, run, &gateway)).await {
            Either::Left(()) => None,
            Either::Right(run) => Some(run),
        }
    }

    /// Ends the environments of functions that were changed or deleted. Nobody waits for it: what
    /// is not current is not used again, and to end a process takes many milliseconds.
    pub(super) fn retire_environments(&self) {
        if !self.host.has_idle() {
            return;
        }
        let shell = self.strong();
        tokio::task::spawn_blocking(move || {
            shell.host.retire(|deployment| {
                let mut core = shell.lock();
                let partition = core.engine.world().existing(&deployment.scope);
                partition.is_some_and(|it| it.lambda.is_current(deployment))
            });
        });
    }
}

/// The run of a rotation step.
pub(super) fn step_run(
    event: Vec<u8>,
    request_id: String,
    deployment: &Deployment,
    caller: Caller,
) -> Run {
    Run {
        event: event.into(),
        request_id,
        function: deployment.invoked_arn.clone(),
        timeout: timeout(deployment),
        client_context: None,
        caller: Some(caller),
    }
}

fn timeout(deployment: &Deployment) -> Duration {
    Duration::from_secs(u64::from(deployment.configuration.timeout_s))
}

fn answer(response: &mut Response<Bytes>, run: HostedRun, wants_log: bool) {
    if wants_log {
        put(
            response,
            "x-amz-log-result",
            &STANDARD.encode(&run.log_tail),
        );
    }
    put(response, header::CONTENT_TYPE.as_str(), "application/json");
    *response.body_mut() = match run.result {
        Ok(body) => body,
        Err(failure) => {
            put(response, "x-amz-function-error", "Unhandled");
            failure.body
        }
    };
}

fn put(response: &mut Response<Bytes>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The keys of a function's role; those of its account where IAM does not know the role.
pub(super) fn credentials(
    engine: &mut Engine,
    deployment: &Deployment,
    now: Timestamp,
) -> FunctionCredentials {
    let session = engine.function_session(deployment, now);
    session.map_or_else(
        || FunctionCredentials::of_account(&deployment.scope),
        |session| FunctionCredentials {
            access_key_id: session.access_key_id.clone(),
            secret_access_key: session.secret_access_key.expose().to_owned(),
            session_token: session.session_token.expose().to_owned(),
        },
    )
}
