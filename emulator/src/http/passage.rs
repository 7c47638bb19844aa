//! Moving the clock: everything that becomes due happens in its order, at its time.

use std::sync::Arc;

use crate::time::{Clock, Timestamp};

use super::shell::Shell;

/// The last moment that a clock may show: headers write years with four digits, and keys live
/// for a year after it.
const LAST: &str = "9000-01-01T00:00:00Z";

/// The clock cannot go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock shows moments from 1970-01-01T00:00:00Z to {LAST}")]
pub(super) struct OutOfRange;

impl Shell {
    /// Changes the clock at once; what is due then happens at the moment that it shows.
    pub(super) async fn change_clock(
        self: &Arc<Self>,
        change: impl FnOnce(Clock) -> Clock,
    ) -> Result<(), OutOfRange> {
        let _mover = self.clock_mover.lock().await;
        let mut core = self.lock();
        let changed = change(core.clock);
        check(changed.now())?;
        core.clock = changed;
        drop(core);
        self.changed.notify_one();
        Ok(())
    }

    /// Moves the clock on by `millis`, stopping wherever something is due, and waits there until
    /// all runs have ended.
    pub(super) async fn advance(self: &Arc<Self>, millis: u64) -> Result<(), OutOfRange> {
        let _mover = self.clock_mover.lock().await;
        let millis = i64::try_from(millis).map_err(|_| OutOfRange)?;
        let target = self.lock().now().plus_millis(millis);
        check(target)?;
        self.settle().await;
        let mut last_due = None;
        while let Some(due) = self.step_to_next_due(target) {
            self.settle().await;
            if last_due.replace(due) == Some(due) {
                // Nothing moved it on: going on would be going on for ever.
                break;
            }
        }
        self.move_to(target);
        self.settle().await;
        Ok(())
    }

    /// Moves the clock to what is due next, if that lies before `target`, and lets it happen.
    fn step_to_next_due(&self, target: Timestamp) -> Option<(Timestamp, &'static str)> {
        let mut core = self.lock();
        let due = core.engine.poll_timeout().filter(|(at, _)| *at <= target)?;
        if due.0 > core.now() {
            core.clock = core.clock.set(due.0);
        }
        let now = core.now();
        core.wake(now);
        Some(due)
    }

    /// The clock may have passed the target by itself while functions ran.
    fn move_to(&self, target: Timestamp) {
        let mut core = self.lock();
        if core.now() < target {
            core.clock = core.clock.set(target);
        }
    }

    /// Waits until no function runs and none is to be run.
    async fn settle(self: &Arc<Self>) {
        loop {
            let run_ended = self.run_ended.notified();
            let mut run_ended = std::pin::pin!(run_ended);
            // Registered before the look, so that an end in between is not missed.
            run_ended.as_mut().enable();
            self.pump();
            if self.lock().runs.is_empty() {
                return;
            }
            run_ended.await;
        }
    }
}

fn check(moment: Timestamp) -> Result<(), OutOfRange> {
    let last = Timestamp::parse(LAST).ok_or(OutOfRange)?;
    if (Timestamp::EPOCH..=last).contains(&moment) {
        Ok(())
    } else {
        Err(OutOfRange)
    }
}
