//! Processes that have loaded a function's code, kept from run to run: as many as there are
//! environments at once.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use keywheel_emulator::invoke::{
    Gateway, InvocationContext, Lines, LocalCode, Prepared, RunResult, Unprepared,
};
use tokio::runtime::{Builder, Runtime};

/// How many wait at most; the one that has waited the longest ends first.
const IDLE_MAX: usize = 32;

/// The variables of a process.
type Variables = Vec<(String, String)>;

/// The processes of one function.
pub(super) struct Pool {
    code: LocalCode,
    idle: Mutex<Vec<(Variables, Prepared)>>,
    /// Why each environment must load the code anew.
    unfit: OnceLock<String>,
    /// Where their sockets are served, which outlive runs; none once this is dropped.
    runtime: Option<Runtime>,
}

impl Pool {
    pub(super) fn of(code: LocalCode) -> Arc<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("function")
            .enable_all()
            .build();
        Arc::new(Self {
            code,
            idle: Mutex::default(),
            unfit: OnceLock::new(),
            runtime: runtime.ok(),
        })
    }

    /// Loads the code once, as a check. What it needs meanwhile it asks the gateway for, and code
    /// that asks is not for several worlds.
    pub(super) fn check(
        &self,
        variables: Variables,
        gateway: Arc<dyn Gateway>,
        lines: Lines,
    ) -> Result<(), Unprepared> {
        let Some(runtime) = &self.runtime else {
            return Ok(());
        };
        let prepared = Prepared::start(&self.code, &variables, gateway, lines);
        match runtime.block_on(prepared) {
            Ok(prepared) => {
                self.idle().push((variables, prepared));
                Ok(())
            }
            Err(Unprepared::Unfit(reason)) => {
                self.set_unfit(reason);
                Ok(())
            }
            Err(failed) => Err(failed),
        }
    }

    /// Each environment is to load the code anew from now on.
    pub(super) fn set_unfit(&self, reason: impl Into<String>) {
        // The first reason is as good as any.
        let _ = self.unfit.set(reason.into());
        self.idle().clear();
    }

    /// Begins an environment; none if its code must be loaded anew, or cannot be loaded.
    pub(super) async fn begin(
        self: &Arc<Self>,
        variables: &Variables,
        gateway: Arc<dyn Gateway>,
        lines: Lines,
    ) -> Option<Lease> {
        while self.unfit.get().is_none() {
            let prepared = match self.take_idle(variables) {
                Some(idle) => idle,
                None => self.load(variables, Arc::clone(&gateway), &lines).await?,
            };
            if prepared
                .begin(Arc::clone(&gateway), Arc::clone(&lines))
                .await
            {
                return Some(Lease {
                    pool: Arc::clone(self),
                    variables: variables.clone(),
                    prepared: Some(prepared),
                });
            }
        }
        None
    }

    fn take_idle(&self, variables: &Variables) -> Option<Prepared> {
        let mut idle = self.idle();
        let at = idle.iter().rposition(|(known, _)| known == variables)?;
        Some(idle.remove(at).1)
    }

    async fn load(
        self: &Arc<Self>,
        variables: &Variables,
        gateway: Arc<dyn Gateway>,
        lines: &Lines,
    ) -> Option<Prepared> {
        let (pool, variables, lines) = (Arc::clone(self), variables.clone(), Arc::clone(lines));
        let loading = async move {
            let loaded = Prepared::start(&pool.code, &variables, gateway, lines).await;
            if let Err(Unprepared::Unfit(reason)) = &loaded {
                pool.set_unfit(reason.as_str());
            }
            loaded.ok()
        };
        // Its sockets are served where they outlive the run.
        self.spawn(loading).await
    }

    async fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = Option<T>> + Send + 'static,
    ) -> Option<T> {
        let runtime = self.runtime.as_ref()?;
        runtime.spawn(work).await.ok().flatten()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Variables, Prepared)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.idle().clear();
        // Whoever drops this may be in a runtime, where nobody waits for another to end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An environment that runs. Dropping it ends it, whatever it is doing.
pub(super) struct Lease {
    pool: Arc<Pool>,
    variables: Variables,
    /// None once it is dropped.
    prepared: Option<Prepared>,
}

impl Lease {
    /// Can it run another event?
    pub(super) fn is_running(&self) -> bool {
        self.prepared.as_ref().is_some_and(Prepared::is_running)
    }

    pub(super) async fn run_event(&self, event: Bytes, context: InvocationContext) -> RunResult {
        match &self.prepared {
            Some(prepared) => prepared.run_event(event, context).await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let reusable = self.prepared.take().filter(Prepared::end);
        if let Some(prepared) = reusable {
            let mut idle = self.pool.idle();
            idle.push((std::mem::take(&mut self.variables), prepared));
            let excess = idle.len().saturating_sub(IDLE_MAX);
            let ended: Vec<_> = idle.drain(..excess).collect();
            drop(idle);
            // Processes are killed outside the lock.
            drop(ended);
        }
    }
}
