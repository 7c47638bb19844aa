//! Where the calls of a function that runs elsewhere come in: by a socket, into the world of a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::Request;
use http::request::Parts;
use keywheel_emulator::fault::Caller;
use keywheel_emulator::http::BODY_LIMIT;
use keywheel_emulator::ids::Scope;
use keywheel_emulator::invoke::{Answer, BoxFuture, Dropped, FunctionCredentials, Gateway};
use keywheel_emulator::state::lambda::deployment::Deployment;
use keywheel_emulator::time::Timestamp;

use crate::call::{CallerScope, Carried, Wire};

use super::socket;

/// What a kill at a call does to whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    /// Its process ends.
    Ends,
    /// It cannot be ended from here: no call of its takes effect any more.
    CutsOff,
}

/// The way into the world for one function.
pub(super) struct Door {
    wire: Wire,
    kill: Kill,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// The invocations that run. Which of several makes a call is not known.
    running: Vec<CallerScope>,
    is_cut_off: bool,
}

impl Door {
    pub(super) fn new(wire: Wire, kill: Kill) -> Arc<Self> {
        Arc::new(Self {
            wire,
            kill,
            inside: Mutex::default(),
        })
    }

    /// An invocation runs until what this gives is dropped. Calls while none runs are broken off.
    pub(super) fn enter(self: &Arc<Self>, scope: CallerScope) -> Entered {
        let mut inside = self.inside();
        if inside.running.is_empty() {
            inside.is_cut_off = false;
        }
        inside.running.push(scope.clone());
        drop(inside);
        Entered {
            door: Arc::clone(self),
            scope,
        }
    }

    /// Does this lead into the same world?
    pub(super) fn is_of(&self, wire: &Wire) -> bool {
        self.wire.is_same(wire)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry(&self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        if socket::is_asked_for(&parts) {
            let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
                Ok(upgrade) => upgrade,
                Err(rejection) => return socket::whole(rejection.into_response()).await,
            };
            let told = self.pass(parts, socket::QUESTION).await?;
            return socket::open(upgrade, told).await;
        }
        let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| Dropped)?;
        self.pass(parts, body).await
    }

    /// Passes a call on into the world, and lets its outcome happen to whoever made it.
    async fn pass(&self, parts: Parts, body: Bytes) -> Answer {
        let scope = {
            let inside = self.inside();
            match &inside.running[..] {
                [] => return Err(Dropped),
                _ if inside.is_cut_off => return Err(Dropped),
                [only] => Some(only.clone()),
                _ => None,
            }
        };
        match self.wire.pass(parts, body, scope.as_ref()).await {
            Carried::Answer(response) => Ok(response),
            Carried::Dropped | Carried::Unreachable => Err(Dropped),
            Carried::Silence | Carried::Frozen(..) => std::future::pending().await,
            Carried::Killed | Carried::Panicked if self.kill == Kill::CutsOff => {
                self.inside().is_cut_off = true;
                Err(Dropped)
            }
            Carried::Killed | Carried::Panicked => {
                if let Some(scope) = scope {
                    scope.life.end();
                }
                // It must not live to see an answer, not even that there is none.
                std::future::pending().await
            }
        }
    }
}

impl Gateway for Door {
    /// A door knows better than a port who calls.
    fn answer(&self, request: Request<Body>, _: Option<Caller>) -> BoxFuture<'_, Answer> {
        Box::pin(self.carry(request))
    }

    fn now(&self) -> Timestamp {
        self.wire.now()
    }

    fn log(&self, _: &Scope, _: &str, _: &str, _: &[String]) {
        // What functions write is taken from their output.
    }

    fn credentials(&self, deployment: &Deployment) -> FunctionCredentials {
        FunctionCredentials::of_account(&deployment.scope)
    }
}

/// An invocation that runs.
pub(super) struct Entered {
    door: Arc<Door>,
    scope: CallerScope,
}

impl Entered {
    /// Was a call of it one that it should have died at?
    pub(super) fn is_cut_off(&self) -> bool {
        self.door.inside().is_cut_off
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let caller = self.scope.caller;
        let running = &mut self.door.inside().running;
        if let Some(at) = running.iter().position(|scope| scope.caller == caller) {
            running.remove(at);
        }
    }
}
