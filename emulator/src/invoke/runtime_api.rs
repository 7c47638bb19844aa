//! The Lambda Runtime API, served to one process on a port of its own.
//!
//! Runtime clients take a host and a port and nothing else, so every process has its own port.
//! The emulated services answer there as well: what comes in on the port was sent by the process,
//! signed or not, and so the run that sends it is known.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

use crate::connection::{self, Answer};
use crate::fault::Caller;
use crate::guard::Guard;
use crate::time::machine_time;

use super::Gateway;
use super::environments::Environments;
use super::function_error::{FunctionFailure, RunResult};
use super::run::Run;

/// The longest answer of a function that is read, in bytes, as on Lambda: 6 MiB and a little [R].
pub(super) const ANSWER_LIMIT: usize = 6_291_556;

/// A port where a process asks for events.
pub(super) struct RuntimeApi {
    desk: Arc<Desk>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

/// Where events are handed over and answers are taken.
struct Desk {
    /// Where calls go: it changes where a process outlives what it calls.
    gateway: Mutex<Arc<dyn Gateway>>,
    tray: Mutex<Tray>,
    /// Tells a waiting process that there is an event.
    offered: Notify,
    start: watch::Sender<Start>,
    environments: Environments,
}

#[derive(Default)]
struct Tray {
    /// An event that no process has asked for yet.
    next: Option<Work>,
    /// The run that the process is busy with.
    current: Option<Work>,
    /// Whoever asks for an event is told that there are no more.
    is_over: bool,
}

/// One run, and who waits for its end.
struct Work {
    run: Run,
    deadline_ms: i64,
    answer: oneshot::Sender<RunResult>,
}

/// How far a process has come before its first event.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// It has not asked for an event yet.
    Starting,
    /// It has.
    Ready,
    /// It said that it cannot.
    Failed(FunctionFailure),
}

impl RuntimeApi {
    /// Listens on a free port of the loopback.
    pub(super) async fn listen(gateway: Arc<dyn Gateway>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            gateway: Mutex::new(gateway),
            tray: Mutex::default(),
            offered: Notify::new(),
            start: watch::Sender::new(Start::Starting),
            environments: Environments::default(),
        });
        let served = Arc::clone(&desk);
        let handler = move |request| {
            let desk = Arc::clone(&served);
            async move { desk.serve(request).await }
        };
        let guard = Guard::of_functions(address);
        let server = tokio::spawn(connection::serve_all(listener, guard, handler));
        Ok(Self {
            desk,
            address,
            server,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Calls go there from now on.
    pub(super) fn lead_to(&self, gateway: Arc<dyn Gateway>) {
        *self.desk.gateway() = gateway;
    }

    /// The environments of a process that makes several.
    pub(super) fn environments(&self) -> &Environments {
        &self.desk.environments
    }

    /// Takes back what has not been answered. Whoever asks for an event is told that there are no
    /// more, until the next environment begins. Was nothing taken back?
    pub(super) fn end_environment(&self) -> bool {
        let mut tray = self.desk.tray();
        let unanswered = (tray.next.take(), tray.current.take());
        tray.is_over = true;
        drop(tray);
        self.desk.offered.notify_waiters();
        matches!(unanswered, (None, None))
    }

    /// An environment begins.
    pub(super) fn begin_environment(&self) {
        self.desk.tray().is_over = false;
    }

    /// Waits until the process asks for its first event, or says that it cannot.
    pub(super) async fn started(&self) -> Result<(), FunctionFailure> {
        let mut start = self.desk.start.subscribe();
        let ended = start
            .wait_for(|start| !matches!(start, Start::Starting))
            .await;
        match ended.map(|start| start.clone()) {
            Ok(Start::Failed(failure)) => Err(failure),
            // The sender lives as long as this does.
            Ok(Start::Ready | Start::Starting) | Err(_) => Ok(()),
        }
    }

    /// Offers an event; its answer comes through the receiver. One event at a time.
    pub(super) fn offer(&self, run: Run) -> oneshot::Receiver<RunResult> {
        let (answer, answered) = oneshot::channel();
        let work = Work {
            // The process compares it with the machine's clock, whatever the emulator's shows.
            deadline_ms: machine_time().plus(run.timeout).as_millis(),
            run,
            answer,
        };
        self.desk.tray().next = Some(work);
        self.desk.offered.notify_one();
        answered
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const RUNTIME: &str = "/2018-06-01/runtime/";

impl Desk {
    fn tray(&self) -> MutexGuard<'_, Tray> {
        self.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gateway(&self) -> MutexGuard<'_, Arc<dyn Gateway>> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, request: Request<Body>) -> Answer {
        let uri = request.uri().clone();
        let Some(path) = uri.path().strip_prefix(RUNTIME) else {
            let caller = self.caller();
            let gateway = Arc::clone(&*self.gateway());
            return gateway.answer(request, caller).await;
        };
        let parts: Vec<&str> = path.split('/').collect();
        let is_post = request.method() == Method::POST;
        Ok(match parts[..] {
            ["invocation", "next"] if request.method() == Method::GET => self.next().await,
            ["invocation", id, "response"] if is_post => self.respond(id, request).await,
            ["invocation", id, "error"] if is_post => self.fail(id, request).await,
            ["init", "error"] if is_post => self.fail_to_start(request).await,
            ["environment", "next"] => self.next_environment().await,
            ["environment", what] if is_post => self.hear_of_environment(what, request).await,
            _ => refuse(
                StatusCode::NOT_FOUND,
                "NotFound",
                "no such path of the Runtime API",
            ),
        })
    }

    /// The run in progress; none while the process starts.
    fn caller(&self) -> Option<Caller> {
        self.tray()
            .current
            .as_ref()
            .and_then(|work| work.run.caller)
    }

    /// Waits for an event.
    async fn next(&self) -> Response<Bytes> {
        self.is_ready();
        loop {
            // What is offered from here on wakes whoever waits for it below.
            let offered = self.offered.notified();
            if let Some(response) = self.take_event() {
                return response;
            }
            offered.await;
        }
    }

    fn is_ready(&self) {
        self.start.send_if_modified(|start| {
            let is_first = matches!(start, Start::Starting);
            if is_first {
                *start = Start::Ready;
            }
            is_first
        });
    }

    /// The code is loaded: waits until an environment is wanted.
    async fn next_environment(&self) -> Response<Bytes> {
        self.is_ready();
        self.environments.wait_until_wanted().await;
        json_response(StatusCode::OK, &json!({}))
    }

    /// What a process tells of the environments that it makes.
    async fn hear_of_environment(&self, what: &str, request: Request<Body>) -> Response<Bytes> {
        let body = read(request).await.unwrap_or_default();
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        match what {
            "begun" => self.environments.begun(said["pid"].as_u64()),
            "ended" => self.environments.ended(text("status")),
            "unfit" => self.environments.unfit(text("reason")),
            _ => {}
        }
        accepted()
    }

    fn take_event(&self) -> Option<Response<Bytes>> {
        let mut tray = self.tray();
        if tray.is_over {
            let text = "the environment is over";
            return Some(refuse(StatusCode::GONE, "Keywheel.EnvironmentOver", text));
        }
        let work = tray.next.take()?;
        let response = event_response(&work);
        tray.current = Some(work);
        Some(response)
    }

    /// Takes what a function returned.
    async fn respond(&self, id: &str, request: Request<Body>) -> Response<Bytes> {
        match read(request).await {
            Ok(body) => self.end(id, Ok(body)),
            Err(failure) => {
                let message = failure.message.clone();
                self.end(id, Err(failure));
                refuse(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "RequestEntityTooLarge",
                    &message,
                )
            }
        }
    }

    async fn fail(&self, id: &str, request: Request<Body>) -> Response<Bytes> {
        let failure = read_failure(request).await;
        self.end(id, Err(failure))
    }

    /// The process could not start: whoever waits for it learns why.
    async fn fail_to_start(&self, request: Request<Body>) -> Response<Bytes> {
        let failure = read_failure(request).await;
        self.start.send_replace(Start::Failed(failure.clone()));
        let waiting = self.tray().next.take();
        if let Some(work) = waiting {
            // Nobody listens any more when the run was killed.
            let _ = work.answer.send(Err(failure));
        }
        accepted()
    }

    fn end(&self, id: &str, result: RunResult) -> Response<Bytes> {
        let mut tray = self.tray();
        let is_current = |work: &&mut Work| work.run.request_id == id;
        if tray.current.as_mut().filter(is_current).is_none() {
            return refuse(
                StatusCode::BAD_REQUEST,
                "InvalidRequestID",
                "Invalid request ID",
            );
        }
        if let Some(work) = tray.current.take() {
            // Nobody listens any more when the run was killed.
            let _ = work.answer.send(result);
        }
        accepted()
    }
}

fn event_response(work: &Work) -> Response<Bytes> {
    let run = &work.run;
    let mut response = Response::builder();
    // The function has it as it was before base64 [D].
    let context = run.client_context.as_ref();
    let context = context.and_then(|text| STANDARD.decode(text).ok());
    if let Some(value) = context.and_then(|json| HeaderValue::from_bytes(&json).ok()) {
        response = response.header("lambda-runtime-client-context", value);
    }
    let response = response
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &run.request_id)
        .header("lambda-runtime-deadline-ms", work.deadline_ms)
        .header("lambda-runtime-invoked-function-arn", run.function.as_str())
        .header("lambda-runtime-trace-id", trace_id(&run.request_id))
        .body(run.event.clone());
    response.unwrap_or_else(|_| {
        let message = "the request id or the ARN is no header";
        refuse(StatusCode::INTERNAL_SERVER_ERROR, "InvalidRequest", message)
    })
}

/// A trace that is not sampled, with the digits of the request id.
fn trace_id(request_id: &str) -> String {
    let digits: String = request_id.chars().filter(|c| *c != '-').collect();
    let (time, rest) = digits.split_at_checked(8).unwrap_or((&digits, ""));
    format!("Root=1-{time}-{rest};Sampled=0")
}

fn accepted() -> Response<Bytes> {
    json_response(StatusCode::ACCEPTED, &json!({ "status": "OK" }))
}

fn refuse(status: StatusCode, error_type: &str, message: &str) -> Response<Bytes> {
    json_response(
        status,
        &json!({ "errorMessage": message, "errorType": error_type }),
    )
}

fn json_response(status: StatusCode, value: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(value.to_string()));
    *response.status_mut() = status;
    response
}

async fn read(request: Request<Body>) -> Result<Bytes, FunctionFailure> {
    let body = Limited::new(request.into_body(), ANSWER_LIMIT)
        .collect()
        .await;
    body.map(|body| body.to_bytes())
        .map_err(|_| FunctionFailure::too_large(ANSWER_LIMIT))
}

async fn read_failure(request: Request<Body>) -> FunctionFailure {
    let header = request.headers().get("lambda-runtime-function-error-type");
    let named = header
        .and_then(|text| text.to_str().ok())
        .map(str::to_owned);
    match read(request).await {
        Ok(body) => FunctionFailure::read(body, named.as_deref()),
        Err(failure) => failure,
    }
}
