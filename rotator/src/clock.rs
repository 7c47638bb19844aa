//! Time within one invocation: the deadline, and waiting that never runs into it.

use crate::error::{Problem, RotationError};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Waiting ends this long before the deadline, so that there is time left to answer.
const STOP_WAITING: Duration = Duration::from_secs(5);
/// A call still under way is dropped this long before the deadline.
const STOP_WORKING: Duration = Duration::from_secs(1);

/// The clock of one invocation.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
    deadline: SystemTime,
}

impl Clock {
    pub(crate) fn new(
        time: SharedTimeSource,
        sleep: SharedAsyncSleep,
        deadline: SystemTime,
    ) -> Self {
        Self {
            time,
            sleep,
            deadline,
        }
    }

    /// Now, in unix seconds.
    pub(crate) fn now(&self) -> i64 {
        let since = self
            .time
            .now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// Now, for measuring how long something takes.
    pub(crate) fn instant(&self) -> SystemTime {
        self.time.now()
    }

    /// How long ago `earlier` was; nothing if the clock went back.
    pub(crate) fn since(&self, earlier: SystemTime) -> Duration {
        self.time.now().duration_since(earlier).unwrap_or_default()
    }

    /// How much time is left for waiting.
    pub(crate) fn patience(&self) -> Duration {
        self.remaining().saturating_sub(STOP_WAITING)
    }

    fn remaining(&self) -> Duration {
        self.deadline
            .duration_since(self.time.now())
            .unwrap_or_default()
    }

    /// Waits, unless that would leave less than five seconds to answer.
    pub(crate) async fn pause(&self, time: Duration) -> Result<(), RotationError> {
        if time > self.patience() {
            return Err(Problem::DeadlineNear.into());
        }
        self.sleep.sleep(time).await;
        Ok(())
    }

    /// Runs `work` as long as waiting is allowed; `None` if that was not long enough.
    pub(crate) async fn while_patient<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let time = self.patience();
        Timeout::new(work, self.sleep.sleep(time)).await.ok()
    }

    /// Runs `work`, dropping it, with any call under way, one second before the deadline.
    pub(crate) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, RotationError>>,
    ) -> Result<T, RotationError> {
        let time = self.remaining().saturating_sub(STOP_WORKING);
        if time.is_zero() {
            return Err(Problem::DeadlineNear.into());
        }
        match Timeout::new(work, self.sleep.sleep(time)).await {
            Ok(result) => result,
            Err(_) => Err(Problem::DeadlineNear.into()),
        }
    }
}

/// Growing pauses with jitter, so that a thousand secrets rotating at midnight spread out.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            next: first,
            longest,
        }
    }

    /// The next pause: doubled each time, between three and five quarters of its nominal length.
    pub(crate) fn next(&mut self) -> Duration {
        let nominal = self.next;
        self.next = self.longest.min(nominal * 2);
        nominal.mul_f64(0.75 + fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_async::rt::sleep::TokioSleep;
    use aws_smithy_async::time::StaticTimeSource;

    fn clock(left: u64) -> Clock {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        Clock::new(
            SharedTimeSource::new(StaticTimeSource::new(now)),
            SharedAsyncSleep::new(TokioSleep::new()),
            now + Duration::from_secs(left),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn pausing_stops_five_seconds_before_the_deadline() {
        assert!(clock(10).pause(Duration::from_secs(5)).await.is_ok());
        let error = clock(10)
            .pause(Duration::from_millis(5_001))
            .await
            .unwrap_err();
        assert_eq!(error.error_type(), "DeadlineNear");
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_hangs_is_dropped_before_the_deadline() {
        let started = tokio::time::Instant::now();
        let result = clock(10)
            .within_deadline(std::future::pending::<Result<(), _>>())
            .await;
        assert_eq!(result.unwrap_err().error_type(), "DeadlineNear");
        assert_eq!(started.elapsed().as_secs(), 9);
    }

    #[test]
    fn a_backoff_doubles_up_to_its_longest_pause() {
        fastrand::seed(7);
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
        let pauses: Vec<f64> = (0..5).map(|_| backoff.next().as_secs_f64()).collect();
        for (pause, nominal) in pauses.iter().zip([1.0, 2.0, 4.0, 4.0, 4.0]) {
            assert!((0.75 * nominal..=1.25 * nominal).contains(pause), "{pause}");
        }
    }
}
