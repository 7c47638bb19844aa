//! Whether the program has been told to end: runs in real time are given up then, wherever they are.
//! Runs in virtual time end by themselves before anybody has waited.

use std::sync::LazyLock;

use tokio::sync::watch;

static HALT: LazyLock<watch::Sender<bool>> = LazyLock::new(watch::Sender::default);

/// Tells all runs to end.
pub fn request() {
    HALT.send_replace(true);
}

/// Have they been told?
pub fn is_requested() -> bool {
    *HALT.borrow()
}

/// Waits until they are told.
pub(crate) async fn requested() {
    let mut halt = HALT.subscribe();
    // The sender is never dropped.
    let _ = halt.wait_for(|is_requested| *is_requested).await;
}
