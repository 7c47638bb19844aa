//! What commands print, in the colours of a terminal that has any.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use keywheel::record::timeline::{self, Tone};
use keywheel::record::{Run, Verdict};
use terminal_size::{Width, terminal_size_of};

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

/// What of a text fits in the terminal's line, of which so many columns are taken. Where nobody
/// looks on, in a file or a pipe, all of it does.
pub(crate) fn fitting(text: &str, taken: usize) -> String {
    let stdout = std::io::stdout();
    let size = stdout.is_terminal().then(|| terminal_size_of(&stdout));
    match size.flatten() {
        Some((Width(columns), _)) => cut(text, usize::from(columns).saturating_sub(taken)),
        None => text.to_owned(),
    }
}

/// A text of so many characters at most; an ellipsis stands for what is left out.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    let ellipsis = if room == 0 { "" } else { "…" };
    format!("{}{ellipsis}", kept.trim_end())
}

/// A verdict in its colour.
pub(crate) fn verdict(verdict: Verdict) -> String {
    let style = if verdict.is_good() { GREEN } else { RED };
    paint(style, &verdict.to_string())
}

/// The timeline of a run with what matters in colour.
pub(crate) fn timeline(run: &Run) -> String {
    let lines = timeline::lines(run).into_iter();
    let painted = lines.map(|(tone, line)| match tone {
        Tone::Violation => paint(RED, &line),
        Tone::Fault => paint(AnsiColor::Yellow.on_default(), &line),
        Tone::Statement => paint(BOLD, &line),
        Tone::Plain => line,
    });
    painted.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_that_is_too_long_ends_in_an_ellipsis() {
        assert_eq!(cut("the story", 9), "the story");
        assert_eq!(cut("the story", 8), "the sto…");
        assert_eq!(cut("the story", 5), "the…", "no blank before it");
        assert_eq!(cut("é漢字é", 3), "é漢…");
        assert_eq!(cut("the story", 1), "…");
        assert_eq!(cut("the story", 0), "");
    }
}
