//! What the function under test writes to its log, caught so that it can be searched for keys.
//!
//! One subscriber for the whole process writes to whatever log the thread has open: a subscriber of
//! its own for each run would make tracing look at every callsite of the SDK anew each time, which
//! costs as much as the run.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::Metadata;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

/// The crate whose log is the function's own.
const FUNCTION: &str = "keywheel_rotator";

thread_local! {
    /// The log of the run that this thread is in.
    static OPEN: RefCell<Option<Capture>> = const { RefCell::new(None) };
}

/// The log of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capture {
    text: Arc<Mutex<Vec<u8>>>,
    is_everything: bool,
}

impl Capture {
    /// A capture of every crate's log, the SDK's included. The rotator's own is always caught.
    pub(crate) fn of_everything(is_everything: bool) -> Self {
        Self {
            is_everything,
            ..Self::default()
        }
    }

    /// Runs `work` with the log of this thread caught at the finest level.
    pub(crate) fn around<T>(&self, work: impl FnOnce() -> T) -> T {
        install();
        let _closing = Closing(OPEN.replace(Some(self.clone())));
        work()
    }

    /// What the function wrote. None if the SDK's own log was caught with it: at its finest level
    /// that shows whole bodies, which is why the Lambda binary caps those crates at `info`.
    pub(crate) fn function_log(&self) -> Option<String> {
        if self.is_everything {
            return None;
        }
        let bytes = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Opens again what was open before, also when the work panics.
struct Closing(Option<Capture>);

impl Drop for Closing {
    fn drop(&mut self) {
        OPEN.set(self.0.take());
    }
}

/// Sets the subscriber of the process, unless the program has one of its own.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let layer = fmt::layer()
            .without_time()
            .with_ansi(false)
            .with_writer(OpenLog);
        let layer = layer.with_filter(dynamic_filter_fn(|metadata, _| is_wanted(metadata)));
        tracing::subscriber::set_global_default(registry().with(layer))
            .expect("programs that run scenarios leave the subscriber to the harness");
    });
}

fn is_wanted(metadata: &Metadata<'_>) -> bool {
    OPEN.with_borrow(|open| {
        open.as_ref()
            .is_some_and(|open| open.is_everything || metadata.target().starts_with(FUNCTION))
    })
}

/// Writes to the log that the thread has open.
struct OpenLog;

impl<'a> MakeWriter<'a> for OpenLog {
    type Writer = Writer;

    fn make_writer(&'a self) -> Writer {
        Writer(OPEN.with_borrow(|open| open.as_ref().map(|open| open.text.clone())))
    }
}

/// One writer to it.
#[derive(Debug)]
struct Writer(Option<Arc<Mutex<Vec<u8>>>>);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(text) = &self.0 {
            text.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_functions_own_log_is_caught() {
        let capture = Capture::default();
        capture.around(|| {
            tracing::trace!(target: "keywheel_rotator::steps", "mine");
            tracing::error!(target: "aws_smithy_runtime", "theirs");
        });
        tracing::trace!(target: "keywheel_rotator::steps", "too late");
        let log = capture.function_log().unwrap();
        assert!(
            log.contains("mine") && !log.contains("theirs") && !log.contains("late"),
            "{log}"
        );
    }
}
