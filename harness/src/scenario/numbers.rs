//! Numbers of a scenario as the rest of the harness counts.

use keywheel_emulator::fault::Span;

/// A number as a count.
pub(crate) fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A span in signed milliseconds.
pub(crate) fn millis(span: Span) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
