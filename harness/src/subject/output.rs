//! What a function prints, kept within bounds.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::FunctionFailure;

/// How much a function may print in one run, in bytes.
const LIMIT: usize = 16 << 20;

/// The output of one function.
pub(super) struct Output {
    text: Mutex<String>,
    has_flooded: watch::Sender<bool>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self {
            text: Mutex::default(),
            has_flooded: watch::Sender::new(false),
        }
    }

    /// Takes a line, unless there were too many.
    pub(super) fn take(&self, line: &str) {
        if *self.has_flooded.borrow() {
            return;
        }
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        if text.len() + line.len() > LIMIT {
            self.has_flooded.send_replace(true);
            return;
        }
        text.push_str(line);
        text.push('\n');
    }

    /// Waits until the function has printed too much.
    pub(super) async fn flooded(&self) -> FunctionFailure {
        let mut flooded = self.has_flooded.subscribe();
        // The sender lives as long as this does.
        let _ = flooded.wait_for(|has_flooded| *has_flooded).await;
        let mib = LIMIT >> 20;
        FunctionFailure {
            error_type: "Keywheel.OutputLimit".to_owned(),
            message: format!("the function has printed more than {mib} MiB; its process was ended"),
        }
    }

    pub(super) fn text(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_printed_is_kept_up_to_the_limit() {
        let output = Output::new();
        output.take("one");
        assert_eq!(output.text(), "one\n");
        let line = "x".repeat(1 << 20);
        for _ in 0..40 {
            output.take(&line);
        }
        assert!(output.text().len() <= LIMIT);
        let failure = output.flooded().await;
        assert!(failure.message.contains("16 MiB"), "{failure}");
        assert!(!output.text().is_empty());
    }
}
