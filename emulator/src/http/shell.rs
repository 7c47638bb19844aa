//! The engine, the clock and the runs in progress, behind one lock.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, oneshot, watch};

use crate::engine::Engine;
use crate::fault::{Caller, Rule};
use crate::ids::{FunctionArn, InvocationNumber, Step};
use crate::invoke::{FunctionHost, RotationFunction};
use crate::realtime::sockets::SocketNumber;
use crate::time::{Clock, Timestamp};

use super::websocket::Line;

/// How often a holder is waited for before the system is asked to: some tens of microseconds.
const SPINS: u32 = 1_000;

/// What all tasks of a server share.
pub(super) struct Shell {
    core: Mutex<Core>,
    /// Tells the driver that something may have become due.
    pub(super) changed: Notify,
    /// Tells who waits for the runs that one of them has ended.
    pub(super) run_ended: Notify,
    /// True once the server ends.
    pub(super) stopping: watch::Sender<bool>,
    /// Whoever moves the clock holds this until all that became due has settled.
    pub(super) clock_mover: tokio::sync::Mutex<()>,
    pub(super) functions: BTreeMap<FunctionArn, Arc<dyn RotationFunction>>,
    pub(super) function_timeout: Duration,
    pub(super) endpoint_url: OnceLock<Arc<str>>,
    pub(super) start: Start,
    /// Runs the functions that were created.
    pub(super) host: FunctionHost,
    /// Has it been said that functions run as the user's own processes?
    pub(super) has_warned: AtomicBool,
    me: Weak<Self>,
}

/// What a reset goes back to, besides the engine's own options.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) seed: u64,
    pub(super) clock: Clock,
    pub(super) faults: Vec<Rule>,
    pub(super) fault_budget: Option<u64>,
    pub(super) may_create_functions: bool,
}

/// What the lock guards.
pub(super) struct Core {
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    pub(super) runs: BTreeMap<InvocationNumber, Run>,
    /// The websockets that are open.
    pub(super) lines: BTreeMap<SocketNumber, Line>,
    /// Counts the resets, so that a run of an earlier life reports to nobody.
    pub(super) life: u64,
}

/// A run in progress.
pub(super) struct Run {
    pub(super) step: Step,
    /// Dropping it kills the run.
    pub(super) alive: Option<oneshot::Sender<()>>,
}

impl Shell {
    pub(super) fn new(
        engine: Engine,
        functions: BTreeMap<FunctionArn, Arc<dyn RotationFunction>>,
        function_timeout: Duration,
        start: Start,
        host: FunctionHost,
    ) -> Arc<Self> {
        let core = Core {
            engine,
            clock: start.clock,
            runs: BTreeMap::new(),
            lines: BTreeMap::new(),
            life: 0,
        };
        let shell = Arc::new_cyclic(|me| Self {
            core: Mutex::new(core),
            changed: Notify::new(),
            run_ended: Notify::new(),
            stopping: watch::Sender::new(false),
            clock_mover: tokio::sync::Mutex::new(()),
            functions,
            function_timeout,
            endpoint_url: OnceLock::new(),
            start,
            host,
            has_warned: AtomicBool::new(false),
            me: Weak::clone(me),
        });
        shell.lock().arm(&shell.start);
        shell
    }

    /// The lock. A panic of another holder does not make the rest of the server useless.
    ///
    /// A call holds it for a few microseconds. The standard lock soon gives up spinning and lets
    /// the system wake who waits, which takes longer than the call: a sixth of the server's time
    /// with four connections.
    pub(super) fn lock(&self) -> MutexGuard<'_, Core> {
        for _ in 0..SPINS {
            match self.core.try_lock() {
                Ok(core) => return core,
                Err(TryLockError::Poisoned(core)) => return core.into_inner(),
                Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
            }
        }
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts everything back to how it was at the start. Runs in progress are killed.
    pub(super) async fn reset(&self) {
        let former = self.begin_anew();
        self.changed.notify_one();
        self.run_ended.notify_waiters();
        let shell = self.strong();
        let cleared = tokio::task::spawn_blocking(move || {
            drop(former);
            shell.host.retire(|_| false);
        });
        // A panic has been reported, and everything is new all the same.
        let _ = cleared.await;
    }

    /// Returns what there was until now.
    fn begin_anew(&self) -> Engine {
        let mut core = self.lock();
        core.life += 1;
        core.runs.clear();
        core.lines.clear();
        let former = core.engine.reset();
        core.clock = self.start.clock;
        core.arm(&self.start);
        former
    }

    /// Ends the run, as a kill fault does; false if it is not in progress.
    pub(super) fn kill(&self, number: InvocationNumber) -> bool {
        let mut core = self.lock();
        let run = core.runs.get_mut(&number);
        run.is_some_and(|run| run.alive.take().is_some())
    }

    /// Ends everything: connections close, runs are killed, functions let go of their processes.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
        self.lock().runs.clear();
        for function in self.functions.values() {
            function.shut_down();
        }
        self.host.shut_down();
    }

    /// Itself, for tasks that outlive a request.
    pub(super) fn strong(&self) -> Arc<Self> {
        self.me.upgrade().expect("whoever calls a method holds it")
    }
}

impl Core {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The run of that number, if it is in progress.
    pub(super) fn caller(&self, number: InvocationNumber) -> Option<Caller> {
        let run = self.runs.get(&number)?;
        Some(Caller {
            invocation: number,
            step: run.step,
        })
    }

    fn arm(&mut self, start: &Start) {
        let faults = self.engine.faults();
        faults.set_budget(start.fault_budget);
        for rule in &start.faults {
            faults.arm(rule.clone());
        }
    }
}
