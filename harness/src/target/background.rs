//! The runtime in which targets are asked: connections are kept there from run to run, and no run's
//! clock is paused there.

use std::sync::{LazyLock, mpsc};

use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).thread_name("keywheel-target");
    builder
        .enable_all()
        .build()
        .expect("a machine that runs this can start a thread")
});

/// Runs a future to its end while the calling thread waits, in whatever runtime that is.
pub(super) fn ask<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (tell, told) = mpsc::sync_channel(1);
    RUNTIME.spawn(async move {
        // Whoever asked waits for this.
        let _ = tell.send(future.await);
    });
    told.recv().expect("the future has not panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_target_is_asked_in_real_time_from_any_runtime() {
        assert_eq!(ask(async { tokio::spawn(async { 7 }).await.unwrap() }), 7);
    }
}
