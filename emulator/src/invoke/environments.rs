//! The environments that one process makes of code that it has loaded once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// How far a process is that makes environments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// It loads the code.
    #[default]
    Loading,
    /// It cannot make any: why.
    Unfit(String),
    /// It waits until one is wanted.
    Waiting,
    /// One is wanted.
    Wanted,
    /// One runs, as this process if it has one of its own.
    Running(Option<u32>),
    /// It has ended: how.
    Ended(String),
}

/// What is known of them on both sides.
#[derive(Debug, Default)]
pub(super) struct Environments {
    phase: watch::Sender<Phase>,
    /// How the last one ended: soon after it the process waits again.
    last_end: Mutex<String>,
}

impl Environments {
    /// How far it is.
    pub(super) fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    /// Waits for a phase.
    pub(super) async fn reaches(&self, is_it: impl Fn(&Phase) -> bool) -> Phase {
        let mut phase = self.phase.subscribe();
        // The sender lives as long as this does.
        let reached = phase.wait_for(|phase| is_it(phase)).await;
        reached.map(|phase| phase.clone()).unwrap_or_default()
    }

    /// Wants one of a process that waits.
    pub(super) fn want(&self) {
        self.phase.send_replace(Phase::Wanted);
    }

    pub(super) async fn wait_until_wanted(&self) {
        self.phase.send_replace(Phase::Waiting);
        self.reaches(|phase| *phase == Phase::Wanted).await;
        self.phase.send_replace(Phase::Running(None));
    }

    pub(super) fn begun(&self, pid: Option<u64>) {
        let pid = pid.and_then(|pid| u32::try_from(pid).ok());
        self.phase.send_replace(Phase::Running(pid));
    }

    /// Waits until the one that runs has ended, and tells how.
    pub(super) async fn end(&self) -> String {
        self.reaches(|phase| matches!(phase, Phase::Ended(_) | Phase::Waiting))
            .await;
        self.last_end().clone()
    }

    fn last_end(&self) -> MutexGuard<'_, String> {
        self.last_end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ended(&self, status: String) {
        self.last_end().clone_from(&status);
        self.phase.send_replace(Phase::Ended(status));
    }

    pub(super) fn unfit(&self, reason: String) {
        self.phase.send_replace(Phase::Unfit(reason));
    }
}
