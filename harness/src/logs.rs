//! What the function under test writes to its log, caught so that it can be searched for keys.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::with_default;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The log of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capture {
    text: Arc<Mutex<Vec<u8>>>,
    is_everything: bool,
}

/// One writer to it.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// A capture of every crate's log, the SDK's included. The rotator's own is always caught.
    pub(crate) fn of_everything(is_everything: bool) -> Self {
        Self {
            is_everything,
            ..Self::default()
        }
    }

    /// Runs `work` with the log caught at the finest level.
    pub(crate) fn around<T>(&self, work: impl FnOnce() -> T) -> T {
        let directives = if self.is_everything {
            "trace"
        } else {
            "off,keywheel_rotator=trace"
        };
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(directives))
            .without_time()
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        with_default(subscriber, work)
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

impl<'a> MakeWriter<'a> for Capture {
    type Writer = Writer;

    fn make_writer(&'a self) -> Writer {
        Writer(self.text.clone())
    }
}

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
