//! What the function under test writes to its log, caught so that it can be searched for keys.
//!
//! One subscriber for the whole process writes to whatever log the thread has open: a subscriber of
//! its own for each run would make tracing look at every callsite of the SDK anew each time, which
//! costs as much as the run.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// The crate whose log is the function's own.
const FUNCTION: &str = "keywheel_rotator";

/// Has any run of the process asked for every crate's log? Until then the SDK's callsites are told
/// once that nobody listens, instead of asking at each call.
static EVERYTHING_IS_ASKED_FOR: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The log of the run that this thread is in.
    static OPEN: RefCell<Option<Capture>> = const { RefCell::new(None) };
}

/// The log of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capture {
    text: Arc<Mutex<String>>,
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
        if self.is_everything && !EVERYTHING_IS_ASKED_FOR.swap(true, Ordering::SeqCst) {
            tracing::callsite::rebuild_interest_cache();
        }
        let _closing = Closing(OPEN.replace(Some(self.clone())));
        work()
    }

    /// What the function would write with its log at the finest level. None if the SDK's own log was caught with it: at its finest level
    /// that shows whole bodies, which is why the Lambda binary caps those crates at `info`.
    pub(crate) fn function_log(&self) -> Option<String> {
        if self.is_everything {
            return None;
        }
        Some(
            self.text
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }
}

/// Opens again what was open before, also when the work panics.
struct Closing(Option<Capture>);

impl Drop for Closing {
    fn drop(&mut self) {
        OPEN.set(self.0.take());
    }
}

/// Sets the subscriber of the process.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(OpenLog)
            .expect("programs that run scenarios leave the subscriber to the harness");
    });
}

/// Writes events and the fields of spans to the log that the thread has open. It keeps no span:
/// what is searched for keys needs no context, and keeping one costs more than the run.
struct OpenLog;

impl Subscriber for OpenLog {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let is_listened_to = EVERYTHING_IS_ASKED_FOR.load(Ordering::SeqCst)
            || metadata.target().starts_with(FUNCTION);
        if is_listened_to {
            Interest::sometimes() // It depends on the thread.
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        OPEN.with_borrow(|open| {
            open.as_ref().is_some_and(|open| {
                open.is_everything || metadata.target().starts_with(FUNCTION) || passes(metadata)
            })
        })
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write(span.metadata().name(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        write("span", |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        write(event.metadata().target(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Is it loud enough for the Lambda binary to let it pass from whatever crate? The rotator's own
/// lines always may.
fn passes(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= tracing::Level::INFO
}

fn write(head: &str, fields: impl FnOnce(&mut Line<'_>)) {
    OPEN.with_borrow(|open| {
        if let Some(open) = open {
            let mut text = open.text.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(head);
            fields(&mut Line(&mut text));
            text.push('\n');
        }
    });
}

/// A line that is being written.
struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("writing to a text cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_binary_would_write_is_caught() {
        let capture = Capture::default();
        capture.around(|| {
            tracing::trace!(target: "keywheel_rotator::steps", "mine");
            tracing::debug!(target: "aws_smithy_runtime", "theirs");
            tracing::info!(target: "aws_smithy_runtime", "loud");
        });
        tracing::trace!(target: "keywheel_rotator::steps", "too late");
        let log = capture.function_log().unwrap();
        assert!(
            log.contains("mine")
                && log.contains("loud")
                && !log.contains("theirs")
                && !log.contains("late"),
            "{log}"
        );
    }

    #[test]
    fn a_callsite_that_nobody_listened_to_is_heard_once_everything_is_asked_for() {
        let theirs = || tracing::error!(target: "aws_smithy_runtime", "theirs");
        Capture::default().around(theirs);
        let capture = Capture::of_everything(true);
        capture.around(theirs);
        let text = capture.text.lock().unwrap();
        assert!(text.contains("theirs"), "{text}");
    }
}
