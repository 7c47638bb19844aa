//! A call on its way from the function under test into the world of a run: who makes it, by which
//! wire it goes, and what becomes of it.

pub mod operation;
mod socket;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::request::Parts;
use keywheel_emulator::fault::{Caller, Span};
use keywheel_emulator::invoke::BoxFuture;
use keywheel_emulator::time::Timestamp;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::clock::Freezer;

pub use wire::Wire;

/// Where calls end: a world that answers them.
pub trait Carrier: Send + Sync {
    /// A request waits for its turn, takes effect or does not, and what becomes of it is due now.
    fn carry(
        &self,
        parts: Parts,
        body: Bytes,
        scope: Option<CallerScope>,
    ) -> BoxFuture<'_, Carried>;

    /// The world's time.
    fn now(&self) -> Timestamp;
}

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
    given_up: Notify,
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

    /// It stands still from now on, or goes on.
    pub(crate) fn set_frozen(&self, is_frozen: bool) {
        self.0.is_frozen.store(is_frozen, Ordering::Relaxed);
    }

    /// Nobody waits for it any more: it stands still for longer than it may run.
    pub(crate) fn give_up(&self) {
        self.0.given_up.notify_one();
    }

    /// Waits until nobody waits for it any more.
    pub(crate) async fn given_up(&self) {
        self.0.given_up.notified().await;
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

/// What becomes of a request, for the connector.
pub enum Carried {
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
