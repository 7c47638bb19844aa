//! Rotations of several secrets at once.

use std::time::Duration;

use keywheel_emulator::time::{HOUR_MS, Timestamp};
use tokio::task::JoinSet;

use super::Driver;
use super::invocation::finish;

impl Driver<'_> {
    /// Lets the service run until the rotations of all secrets have ended, those that are ready at
    /// once with each other.
    pub(crate) async fn settle_all(&mut self) {
        let mut running = JoinSet::new();
        loop {
            while let Some(invocation) = self.poll() {
                let (number, secret) = (invocation.number, invocation.secret.clone());
                self.world
                    .lock()
                    .set_token(&secret, invocation.token.clone());
                match self.prepare(&invocation) {
                    Some(event) => {
                        let begun = self.begin(&event);
                        running.spawn(async move { (number, finish(begun).await) });
                    }
                    None => self.finished(number, Ok(())),
                }
                self.world.lock().set_racing(running.len());
            }
            let due = self.world.lock().engine.poll_timeout();
            match (running.is_empty(), due) {
                (true, _) if self.is_any_rotating() => self.wait_for_retry().await,
                (true, _) => break,
                (false, due) => {
                    let wait = self.until(due.map(|(due, _)| due));
                    match tokio::time::timeout(wait, running.join_next()).await {
                        Ok(Some(Ok((number, delivered)))) => self.finished(number, delivered),
                        Ok(_) => {}
                        Err(_) => self.wake_engine(),
                    }
                }
            }
        }
        self.world.lock().set_racing(0);
    }

    fn until(&self, due: Option<Timestamp>) -> Duration {
        let now = self.world.lock().now();
        let left = due.map_or(HOUR_MS, |due| due.millis_since(now));
        Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1))
    }

    fn is_any_rotating(&self) -> bool {
        let core = self.world.lock();
        core.places().any(|place| {
            let token = place.token.as_ref();
            token.is_some_and(|token| core.engine.is_rotating(&place.secret, token))
        })
    }
}
