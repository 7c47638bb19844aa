//! A request to an AWS service, and what becomes of it.

use std::sync::atomic::Ordering;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Request};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::connection::{Answer, Dropped, stopped};
use crate::engine::{Engine, Read};
use crate::fault::Caller;
use crate::graphql::address::host_label;
use crate::ids::{InvocationNumber, Scope};
use crate::invoke::confine;
use crate::invoke::{BoxFuture, FunctionCredentials, Gateway, SESSION_TOKEN_PREFIX};
use crate::state::lambda::LambdaSettings;
use crate::state::lambda::deployment::Deployment;
use crate::time::Timestamp;
use crate::wire::error_code::RequestError;
use crate::wire::model::MODELS;
use crate::wire::request::{self, Ending, Outcome};
use crate::wire::service::{Asked, Service, asked};

use super::body::{self, BodyError};
use super::functions;
use super::shell::Shell;

/// A body that is longer is read before the lock is taken: an archive of 50 MB takes most of a
/// second.
const LONG_BODY: usize = 64 << 10;

/// Does work that takes its time, and lets the other tasks of the worker go on where that can be.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

impl Gateway for Shell {
    fn answer(&self, request: Request<Body>, caller: Option<Caller>) -> BoxFuture<'_, Answer> {
        Box::pin(self.answer_any(request, caller))
    }

    fn now(&self) -> Timestamp {
        self.lock().now()
    }

    fn log(&self, scope: &Scope, group: &str, stream: &str, lines: &[String]) {
        let mut core = self.lock();
        let now = core.now();
        let partition = core.engine.world().partition(scope);
        partition.logs.write(group, stream, lines, now);
    }

    fn lambda_settings(&self) -> LambdaSettings {
        self.lock().engine.world().settings.lambda
    }

    fn credentials(&self, deployment: &Deployment) -> FunctionCredentials {
        let mut core = self.lock();
        let now = core.now();
        functions::credentials(&mut core.engine, deployment, now)
    }
}

impl Shell {
    /// Answers a request to an AWS service, be it for a websocket.
    pub(super) async fn answer_any(
        &self,
        request: Request<Body>,
        caller: Option<Caller>,
    ) -> Answer {
        let (head, body) = request.into_parts();
        let is_connect = Self::is_connect(&head);
        let request = Request::from_parts(head, body);
        if is_connect {
            return self.connect(request, caller).await;
        }
        self.answer_aws(request, caller).await
    }

    /// Answers a request to an AWS service.
    async fn answer_aws(&self, request: Request<Body>, caller: Option<Caller>) -> Answer {
        let (head, body) = request.into_parts();
        let caller = caller.or_else(|| self.caller_of(&head.headers));
        match body::read(&head, body).await {
            Ok(body) => {
                let outcome = self.call(&head, &body, caller).await;
                self.carry_out(outcome, caller).await
            }
            Err(BodyError::TooLarge) => Ok(self.refuse_too_large(&head)),
            Err(BodyError::Broken) => Err(Dropped),
        }
    }

    /// A call that is frozen is held up: the process of the function cannot be stopped from here.
    async fn call(&self, head: &Parts, body: &[u8], caller: Option<Caller>) -> Outcome {
        let request = view(head, body, caller);
        let read = match body.len() > LONG_BODY {
            true => aside(|| Read::of(&request)),
            false => Read::default(),
        };
        let outcome = self.call_now(|engine, now| engine.call_read(&request, read, now));
        let outcome = self.found(outcome).await;
        let Ending::Frozen(span) = outcome.ending else {
            return outcome;
        };
        tokio::time::sleep(span.to_duration()).await;
        let thawed = self.call_now(|engine, now| engine.call_thawed(&request, now));
        self.found(thawed).await
    }

    /// Does a search that the engine has handed out.
    async fn found(&self, mut outcome: Outcome) -> Outcome {
        let Ending::Search(search) = outcome.ending else {
            return outcome;
        };
        outcome.ending = Ending::Silence;
        let found = tokio::task::spawn_blocking(move || search.body()).await;
        let body = found.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let mut core = self.lock();
        let now = core.now();
        Outcome {
            operation: outcome.operation,
            fault: outcome.fault,
            ..core.engine.answer_search(&outcome, body, now)
        }
    }

    fn call_now(&self, call: impl FnOnce(&mut Engine, Timestamp) -> Outcome) -> Outcome {
        let mut core = self.lock();
        let (now, commits, due) = (
            core.now(),
            core.engine.commits(),
            core.engine.poll_timeout(),
        );
        let outcome = call(&mut core.engine, now);
        let has_changed = core.engine.commits() != commits || core.engine.poll_timeout() != due;
        core.transmit();
        drop(core);
        if has_changed {
            self.retire_environments();
            self.changed.notify_one();
        }
        self.warn_once(&outcome);
        outcome
    }

    /// Says once that functions' code runs as the user's own processes.
    fn warn_once(&self, outcome: &Outcome) {
        let is_new = matches!(&outcome.ending, Ending::Reply(r) if r.status() == 201)
            && outcome.operation == "CreateFunction";
        if is_new && !self.has_warned.swap(true, Ordering::Relaxed) {
            let writes = if self.host.is_confined() && confine::confines_writes() {
                "writes to its own folder and /tmp only"
            } else {
                "can write and do what you can"
            };
            tracing::warn!(
                "the code of Lambda functions runs as processes of your own user: it can read your \
                 files and {writes}; --no-functions turns it off"
            );
        }
    }

    /// Waits, answers, falls silent or breaks off, as the outcome has it.
    pub(super) async fn carry_out(&self, outcome: Outcome, caller: Option<Caller>) -> Answer {
        if !outcome.after.is_zero() {
            tokio::time::sleep(outcome.after).await;
        }
        match outcome.ending {
            Ending::Reply(response) => Ok(response),
            Ending::Run(call) => {
                let outcome = self.run_call(*call, outcome.fault).await;
                Box::pin(self.carry_out(outcome, caller)).await
            }
            Ending::Dropped | Ending::Unreachable => Err(Dropped),
            Ending::Silence | Ending::Frozen(_) | Ending::Search(_) => self.hang().await,
            Ending::Killed | Ending::Panicked => {
                // Nobody can be killed for a call from outside; its connection still breaks off.
                let is_killed = caller.is_some_and(|caller| self.kill(caller.invocation));
                if is_killed {
                    // The run must not live to see an answer, not even that there is none.
                    return self.hang().await;
                }
                Err(Dropped)
            }
        }
    }

    /// Waits until the client goes away or the server ends.
    async fn hang(&self) -> Answer {
        stopped(self.stopping.subscribe()).await;
        Err(Dropped)
    }

    fn refuse_too_large(&self, head: &Parts) -> http::Response<Bytes> {
        let view = view(head, b"", None);
        let asked = match host_label(&view) {
            Some(_) => Asked::Path(Service::GraphQl),
            None => asked(&view),
        };
        let limit = body::limit(head);
        let model = match asked {
            Asked::Path(service) => MODELS.of(service),
            _ => None,
        };
        let method = head.method.as_str();
        let operation = model.and_then(|model| model.operation_at(method, &head.uri));
        let error = RequestError::TooLarge { limit, operation };
        let mut core = self.lock();
        let now = core.now();
        core.engine.refuse(&asked, &error, now)
    }

    /// The run whose credentials signed the request.
    fn caller_of(&self, headers: &HeaderMap) -> Option<Caller> {
        let token = headers.get("x-amz-security-token")?.to_str().ok()?;
        let number = token.strip_prefix(SESSION_TOKEN_PREFIX)?.parse().ok()?;
        self.lock().caller(InvocationNumber(number))
    }
}

pub(super) fn view<'a>(
    head: &'a Parts,
    body: &'a [u8],
    caller: Option<Caller>,
) -> request::Request<'a> {
    request::Request {
        method: &head.method,
        uri: &head.uri,
        headers: &head.headers,
        body,
        caller,
    }
}
