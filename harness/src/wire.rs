//! The one connector: every request of the function under test, of either SDK client or its probe,
//! passes here, is answered by the engine in process, and is recorded. So is a websocket's question:
//! see `socket`.

mod socket;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use tokio::task::AbortHandle;

use http::request::Parts;
use keywheel_emulator::fault::{Caller, Span};

use crate::clock::Freezer;
use crate::world::Core;

tokio::task_local! {
    /// The invocation in which the running code is.
    static CALLER: CallerScope;
}

/// What the connector must know of the invocation that it works for.
#[derive(Clone, Debug)]
pub struct CallerScope {
    /// Its number and step; none for an event with a step that does not exist.
    pub caller: Option<Caller>,
    /// By which it can be ended.
    pub life: Life,
    /// By which its time can be stopped.
    pub freezer: Freezer,
}

/// The life of an invocation, which a call can end.
#[derive(Clone, Debug, Default)]
pub struct Life(Arc<LifeState>);

#[derive(Debug, Default)]
struct LifeState {
    task: OnceLock<AbortHandle>,
    is_frozen: AtomicBool,
}

impl Life {
    /// It begins, as a task.
    pub(crate) fn begins(&self, task: AbortHandle) {
        // It begins once: every invocation has a life of its own.
        let _ = self.0.task.set(task);
    }

    /// Does it stand still? Then it goes on when it thaws, although the service has given it up.
    pub(crate) fn is_frozen(&self) -> bool {
        self.0.is_frozen.load(Ordering::Relaxed)
    }

    fn set_frozen(&self, is_frozen: bool) {
        self.0.is_frozen.store(is_frozen, Ordering::Relaxed);
    }

    /// It ends, at the next moment at which it waits.
    pub(crate) fn end(&self) {
        if let Some(task) = self.0.task.get() {
            task.abort();
        }
    }
}

impl CallerScope {
    /// That of the running code, if it is in an invocation.
    pub(crate) fn current() -> Option<Self> {
        CALLER.try_with(Clone::clone).ok()
    }

    /// Runs a future as part of this invocation.
    pub async fn run<F: Future>(self, future: F) -> F::Output {
        CALLER.scope(self, future).await
    }
}

/// The connector. Clones share the world.
#[derive(Clone)]
pub struct Wire {
    core: Arc<Mutex<Core>>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

/// What becomes of a request, for the connector.
pub(crate) enum Carried {
    /// An answer.
    Answer(http::Response<Bytes>),
    /// The connection closes.
    Dropped,
    /// The request cannot be sent.
    Unreachable,
    /// Nothing ever comes.
    Silence,
    /// The invocation dies.
    Killed,
    /// The code that made the request panics.
    Panicked,
    /// The invocation stands still, then the request is made.
    Frozen(Span, Box<(Parts, Bytes)>),
}

impl Wire {
    /// A connector to a world.
    pub(crate) fn new(core: Arc<Mutex<Core>>) -> Self {
        Self { core }
    }

    /// Does it lead into the same world?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core)
    }

    /// The world. A panic of the function under test while it was held is no reason to stop.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let scope = CallerScope::current();
        let request = request
            .try_into_http1x()
            .map_err(|e| ConnectorError::user(e.into()))?;
        let (parts, body) = request.into_parts();
        let body = Bytes::copy_from_slice(body.bytes().unwrap_or_default());
        let carried = self.pass(parts, body, scope.as_ref()).await;
        match outlive(carried, scope).await {
            Ok(response) => HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None)),
            Err(Broken::Off) => Err(ConnectorError::io(
                "connection closed before an answer".into(),
            )),
            Err(Broken::Never) => Err(ConnectorError::other("no way to the service".into(), None)),
        }
    }

    /// A request waits for its turn, takes effect or does not, and what becomes of it is due now.
    pub(crate) async fn pass(
        &self,
        parts: Parts,
        body: Bytes,
        scope: Option<&CallerScope>,
    ) -> Carried {
        let caller = scope.and_then(|scope| scope.caller);
        self.wait_for_turn(caller).await;
        let latency = self.lock().begin_call();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let (mut after, mut carried) = self.lock().exchange(parts, body, caller, None);
        if let Carried::Frozen(span, request) = carried {
            if let Some(scope) = scope {
                scope.life.set_frozen(true);
                scope.freezer.freeze(span.to_duration());
            }
            tokio::time::sleep(span.to_duration()).await;
            if let Some(scope) = scope {
                scope.life.set_frozen(false);
            }
            let (parts, body) = *request;
            (after, carried) = self.lock().exchange(parts, body, caller, Some(span));
        }
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        carried
    }

    /// A request waits here while the gate is open for others.
    async fn wait_for_turn(&self, caller: Option<Caller>) {
        let turn = caller.and_then(|caller| self.lock().gate.park(caller.invocation));
        if let Some(turn) = turn {
            // The gate is dropped with the world only, and then nobody waits any more.
            let _ = turn.await;
        }
    }
}

/// A connection without an answer.
enum Broken {
    /// It closes.
    Off,
    /// There is none.
    Never,
}

/// What becomes of a request comes over the invocation that made it, which may not outlive it.
async fn outlive(
    carried: Carried,
    scope: Option<CallerScope>,
) -> Result<http::Response<Bytes>, Broken> {
    match carried {
        Carried::Answer(response) => Ok(response),
        Carried::Dropped => Err(Broken::Off),
        Carried::Unreachable => Err(Broken::Never),
        Carried::Silence | Carried::Frozen(..) => std::future::pending().await,
        // Without the panic hook, which would print.
        Carried::Panicked => std::panic::resume_unwind(Box::new("a panic at a call")),
        Carried::Killed => {
            if let Some(scope) = scope {
                scope.life.end();
            }
            std::future::pending().await
        }
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Latency of a call while several invocations run at once: a function of the seed and the call's
/// number, so that a seed chooses an interleaving. A lone invocation is answered at once.
pub(crate) fn racing_latency(seed: u64, number: u64) -> Duration {
    Duration::from_millis(1 + mix(seed, number) % 8)
}

/// A well-mixed number from a seed and a call's number (SplitMix64's finaliser).
pub(crate) fn mix(seed: u64, number: u64) -> u64 {
    let mut z = seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
