//! What commands print, in the colours of a terminal that has any.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use keywheel::report::text;
use keywheel::run::Verdict;

/// Good news.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
/// Bad news.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
/// What is there for those who look for it.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();

/// The standard output, without colours where nobody sees them.
pub(crate) fn out() -> impl Write {
    anstream::stdout()
}

/// A text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A verdict in its colour.
pub(crate) fn verdict(verdict: Verdict) -> String {
    let style = if verdict == Verdict::Held { GREEN } else { RED };
    paint(style, text::word(verdict))
}

/// A timeline with what matters in colour.
pub(crate) fn timeline(timeline: &str) -> String {
    let painted = timeline.lines().map(|line| {
        if line.contains('✗') {
            paint(RED, line)
        } else if line.contains('⚡') {
            paint(AnsiColor::Yellow.on_default(), line)
        } else if line.contains("> ") {
            paint(BOLD, line)
        } else {
            line.to_owned()
        }
    });
    painted.collect::<Vec<_>>().join("\n")
}
