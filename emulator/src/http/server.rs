//! The server to embed.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::task::{JoinHandle, JoinSet};

use crate::connection::{self, Answer, Dropped, PATIENCE, stopped};
use crate::engine::{Engine, EngineOptions};
use crate::fault::Rule;
use crate::guard::{AllowedHost, Guard, Origin};
use crate::ids::Scope;
use crate::invoke::{FunctionHost, HostSettings, RotationFunction, clear_leftovers};
use crate::race::{Either, race};
use crate::state::Settings;
use crate::state::lambda::arn_of;
use crate::state::lambda::started::Started;
use crate::time::{Clock, Timestamp};

use super::control;
use super::driver::drive;
use super::shell::{Shell, Start};
use super::spare::Spare;

/// How long requests in progress may go on once the server is told to end.
const GRACE: Duration = Duration::from_secs(1);

/// A running emulator. Dropping it ends it.
pub struct Server {
    shell: Arc<Shell>,
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

/// What a server begins with.
#[derive(Clone)]
pub struct ServerBuilder {
    options: EngineOptions,
    clock: Clock,
    faults: Vec<Rule>,
    fault_budget: Option<u64>,
    functions: Vec<(String, Arc<dyn RotationFunction>)>,
    function_timeout: Duration,
    host: HostSettings,
    allowed_hosts: Vec<AllowedHost>,
    allowed_origins: Vec<Origin>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            options: EngineOptions::default(),
            clock: Clock::SYSTEM,
            faults: Vec::new(),
            fault_budget: None,
            functions: Vec::new(),
            function_timeout: Duration::from_secs(30),
            host: HostSettings::default(),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
        }
    }
}

impl ServerBuilder {
    /// The seed of all ids and orders.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// The settings of the emulated services.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.options.settings = settings;
        self
    }

    /// Account and Region of requests without a signature, and of the functions.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.options.default_scope = scope;
        self
    }

    /// The clock; the machine's own by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Bounds how many faults strike, from the start and after each reset.
    #[must_use]
    pub fn fault_budget(mut self, budget: u64) -> Self {
        self.fault_budget = Some(budget);
        self
    }

    /// Arms a fault rule, from the start and after each reset.
    #[must_use]
    pub fn fault(mut self, rule: Rule) -> Self {
        self.faults.push(rule);
        self
    }

    /// Adds a rotation function:
    /// its ARN is `arn:aws:lambda:REGION:ACCOUNT:function:NAME` in the server's scope.
    #[must_use]
    pub fn function(
        mut self,
        name: impl Into<String>,
        function: Arc<dyn RotationFunction>,
    ) -> Self {
        self.functions.push((name.into(), function));
        self
    }

    /// How long a function may run, in real time; 30 seconds by default.
    #[must_use]
    pub fn function_timeout(mut self, timeout: Duration) -> Self {
        self.function_timeout = timeout;
        self
    }

    /// How functions that are created are run.
    #[must_use]
    pub fn function_host(mut self, settings: HostSettings) -> Self {
        self.host = settings;
        self
    }

    /// Lets in who reaches the server by this name, besides `localhost` and its address.
    #[must_use]
    pub fn allow_host(mut self, host: AllowedHost) -> Self {
        self.allowed_hosts.push(host);
        self
    }

    /// Lets web pages of this origin call the server and read its answers: they may do everything
    /// that a program may.
    #[must_use]
    pub fn allow_origin(mut self, origin: Origin) -> Self {
        self.allowed_origins.push(origin);
        self
    }

    /// Listens and serves, on the runtime that this is called on.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn bind(self, address: impl ToSocketAddrs) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?;
        let cleared = clear_leftovers();
        if cleared > 0 {
            tracing::warn!(
                cleared,
                "ended what servers that were killed had left behind"
            );
        }
        let address = listener.local_addr()?;
        let guard = Guard::new(address)
            .allow_hosts(self.allowed_hosts.iter().cloned())
            .allow_origins(self.allowed_origins.iter().cloned());
        let shell = self.shell();
        // Nobody else sets it.
        let _ = shell.endpoint_url.set(Arc::from(url_of(address)));
        let tasks = vec![
            tokio::spawn(accept(listener, Arc::new(guard), Arc::clone(&shell))),
            tokio::spawn(drive(Arc::clone(&shell))),
        ];
        Ok(Server {
            shell,
            address,
            tasks,
        })
    }

    fn shell(self) -> Arc<Shell> {
        let start = Start {
            seed: self.options.seed,
            clock: self.clock,
            faults: self.faults,
            fault_budget: self.fault_budget,
            may_create_functions: self.options.settings.lambda.may_create,
        };
        let scope = self.options.default_scope.clone();
        let mut engine = Engine::new(EngineOptions {
            hands_searches_out: true,
            ..self.options
        });
        let functions: BTreeMap<_, _> = self
            .functions
            .into_iter()
            .map(|(name, function)| (arn_of(&scope, &name), function))
            .collect();
        let started = Started {
            since: start.clock.now(),
            timeout_s: seconds(self.function_timeout),
        };
        for arn in functions.keys() {
            engine.world().start_with(arn.clone(), started);
        }
        let host = FunctionHost::new(self.host);
        Shell::new(engine, functions, self.function_timeout, start, host)
    }
}

impl Server {
    /// A server to be configured.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its address for clients: `http://127.0.0.1:4566`.
    pub fn url(&self) -> String {
        url_of(self.address)
    }

    /// Looks at or changes the engine, at the time that its clock shows. Nothing else happens
    /// meanwhile, so keep it short.
    pub fn with_engine<T>(&self, work: impl FnOnce(&mut Engine, Timestamp) -> T) -> T {
        let mut core = self.shell.lock();
        let now = core.now();
        let result = work(&mut core.engine, now);
        core.transmit();
        drop(core);
        self.shell.changed.notify_one();
        result
    }

    /// Ends the server: the last answers go out, hung requests and running functions end.
    pub async fn shutdown(mut self) {
        self.shell.stop();
        for task in std::mem::take(&mut self.tasks) {
            // A task that panicked has ended too.
            let _ = task.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shell.stop();
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Whole seconds, at least one, as Lambda tells how long a function may run.
fn seconds(timeout: Duration) -> u32 {
    let seconds = timeout.as_millis().div_ceil(1000).max(1);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// An address that listens everywhere is reached by the loopback.
fn url_of(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        _ => format!("http://{address}"),
    }
}

async fn accept(listener: TcpListener, guard: Arc<Guard>, shell: Arc<Shell>) {
    let control = control::router(Arc::clone(&shell));
    let mut spare = Spare::kept();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stopped(shell.stopping.subscribe()));
    loop {
        while connections.try_join_next().is_some() {}
        let Either::Right(accepted) = race(&mut stop, listener.accept()).await else {
            break;
        };
        match accepted {
            Ok((stream, _)) => {
                let (guard, shell) = (Arc::clone(&guard), Arc::clone(&shell));
                connections.spawn(converse(stream, guard, shell, control.clone()));
            }
            // Out of file descriptors, most likely: existing connections must end first.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                spare.answer_one(&listener, &guard, &shell, &control).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // What is still going on after the grace is cut off with the set.
    let _ = tokio::time::timeout(GRACE, all_ended).await;
}

async fn converse(stream: TcpStream, guard: Arc<Guard>, shell: Arc<Shell>, control: Router) {
    let control = TowerToHyperService::new(control);
    let stopping = shell.stopping.subscribe();
    let handler = |request: Request<Body>| answer(&shell, &control, request);
    connection::serve(stream, &guard, stopping, PATIENCE, handler).await;
}

async fn answer(
    shell: &Arc<Shell>,
    control: &TowerToHyperService<Router>,
    request: Request<Body>,
) -> Answer {
    if control::is_control(request.uri().path()) {
        return answer_control(control, request).await;
    }
    shell.answer_any(request, None).await
}

/// Answers a request to the control plane.
pub(super) async fn answer_control(
    control: &TowerToHyperService<Router>,
    request: Request<Body>,
) -> Answer {
    let response = match control.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?;
    Ok(Response::from_parts(head, body.to_bytes()))
}
