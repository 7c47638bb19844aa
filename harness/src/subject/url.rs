//! A rotation function that somebody else runs, behind a URL that takes events. It makes its calls
//! at an address that it was told beforehand.
//!
//! What cannot be done to it from here: give it variables, end it (a kill cuts its calls off until
//! it answers), and tell two invocations of it apart.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use keywheel_emulator::guard::AllowedHost;
use keywheel_emulator::invoke::lambda_http::BadUrl;
use keywheel_emulator::invoke::{LambdaUrl, Outlet};
use tokio::sync::OnceCell;

use crate::call::CallerScope;
use crate::scenario::Holds;

use super::door::{Door, Kill};
use super::process::{body, context};
use super::{
    Elsewhere, Event, Function, FunctionFailure, NotStarted, StepFuture, Subject, Surroundings,
};

/// What containers call the machine that they run on.
const CONTAINERS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// A URL that runs a function.
pub struct Url {
    elsewhere: Elsewhere,
    url: String,
    listen: SocketAddr,
    /// The one of the run that goes on: there is one port for all its secrets.
    started: Mutex<Weak<Started>>,
}

impl Url {
    /// A function behind a URL that makes its calls at `listen`, and how long one invocation of it
    /// may take.
    ///
    /// # Errors
    /// The text is no URL that can be called.
    pub fn new(url: &str, listen: SocketAddr, time_limit: Duration) -> Result<Self, BadUrl> {
        LambdaUrl::new(url)?;
        Ok(Self {
            elsewhere: Elsewhere {
                name: format!("http:{url}"),
                time_limit,
                holds: None,
            },
            url: url.to_owned(),
            listen,
            started: Mutex::default(),
        })
    }
}

impl Url {
    /// The same, for secrets that hold this.
    #[must_use]
    pub fn holding(mut self, holds: Holds) -> Self {
        self.elsewhere.holds = Some(holds);
        self
    }
}

impl Subject for Url {
    fn name(&self) -> &str {
        &self.elsewhere.name
    }

    fn elsewhere(&self) -> Option<&Elsewhere> {
        Some(&self.elsewhere)
    }

    /// The function knows one address.
    fn runs_at_once(&self) -> Option<usize> {
        Some(1)
    }

    fn tells_callers_apart(&self) -> bool {
        false
    }

    fn check(&self) -> Result<(), NotStarted> {
        let refused = |error: io::Error| {
            let failure = cannot(format!("nothing answers there: {error}"));
            let cure = format!(
                "start it first, with AWS_ENDPOINT_URL=http://{}, or correct the URL",
                self.listen
            );
            NotStarted {
                cure: Some(cure),
                ..NotStarted::new(&self.elsewhere.name, failure, "")
            }
        };
        let parsed: Result<http::Uri, _> = self.url.parse();
        let authority = parsed.ok().and_then(|uri| uri.into_parts().authority);
        let Some(authority) = authority else {
            return Ok(());
        };
        let at = (
            authority.host().to_owned(),
            authority.port_u16().unwrap_or(80),
        );
        TcpStream::connect(at).map(drop).map_err(refused)
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        let variables: Vec<_> = surroundings
            .environment
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        if !variables.is_empty() {
            return Err(cannot(format!(
                "a function behind a URL cannot be given variables ({}); say config=tags, leave \
                 setting out, or run it with process:",
                variables.join(", ")
            )));
        }
        let wire = surroundings.wire.ok_or_else(super::no_world)?;
        let mut known = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = known.upgrade().filter(|known| known.door.is_of(&wire)) {
            return Ok(started);
        }
        let function = LambdaUrl::new(&self.url).map_err(|error| cannot(error.to_string()))?;
        let started = Arc::new(Started {
            function,
            listen: self.listen,
            time: surroundings.time,
            door: Door::new(wire, Kill::CutsOff),
            outlet: OnceCell::new(),
        });
        *known = Arc::downgrade(&started);
        Ok(started)
    }
}

/// The function in one world.
struct Started {
    function: LambdaUrl,
    listen: SocketAddr,
    time: SharedTimeSource,
    door: Arc<Door>,
    outlet: OnceCell<Outlet>,
}

impl Function for Started {
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            let scope = CallerScope::current().ok_or_else(super::no_world)?;
            let open = || async {
                let names = CONTAINERS.map(|name| {
                    name.parse::<AllowedHost>()
                        .expect("it is the name of a host")
                });
                Outlet::open(self.listen, &names, Arc::clone(&self.door) as _).await
            };
            let opened = self.outlet.get_or_try_init(open).await;
            opened.map_err(|error| self.closed(&error))?;
            let left = deadline.duration_since(self.time.now()).unwrap_or_default();
            let context = context(&event, &scope, left, Arc::clone(&self.door));
            let entered = self.door.enter(scope);
            let result = self.function.run_event(body(&event), context).await;
            if entered.is_cut_off() {
                return Err(FunctionFailure::killed());
            }
            result
                .map(drop)
                .map_err(|failure| failure.into_step_failure().into())
        })
    }
}

impl Started {
    fn closed(&self, error: &io::Error) -> FunctionFailure {
        let at = self.listen;
        cannot(format!(
            "cannot listen on {at} for the function's calls: {error}; say --listen HOST:PORT, and \
             tell the function by AWS_ENDPOINT_URL"
        ))
    }
}

fn cannot(message: String) -> FunctionFailure {
    FunctionFailure {
        error_type: "Keywheel.CannotRun".to_owned(),
        message,
    }
}
