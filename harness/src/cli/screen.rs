//! What commands print, in the colours of a terminal that has any.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};
use keywheel::record::timeline::{self, Tone};
use keywheel::record::{Run, Verdict};
use keywheel::scenario::Scenario;
use terminal_size::{Width, terminal_size_of};

/// Good news.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
/// Bad news.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
/// What is there for those who look for it.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();

/// How much is printed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Amount {
    /// Print what fails and the last lines only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print all there is: the timeline of every scenario too.
    #[arg(short, long, global = true)]
    verbose: bool,
}

/// What the command line has chosen.
static AMOUNT: OnceLock<Amount> = OnceLock::new();

impl Amount {
    /// Lets it hold for this process.
    pub(crate) fn choose(self) {
        // The command line is read once.
        let _ = AMOUNT.set(self);
    }
}

/// Is only to be printed what fails?
pub(crate) fn is_quiet() -> bool {
    AMOUNT.get().is_some_and(|amount| amount.quiet)
}

/// Is all to be printed that there is?
pub(crate) fn is_verbose() -> bool {
    AMOUNT.get().is_some_and(|amount| amount.verbose)
}

/// The standard output, without colours where nobody sees them. A command goes on when it cannot be
/// written, since that does not change a verdict; [`told`] then gives the exit code.
pub(crate) fn out() -> impl Write {
    Noted(anstream::stdout())
}

/// Why the standard output could not be written, the first time that it could not.
static LOST: OnceLock<String> = OnceLock::new();

/// The exit code of a command that held but whose output is lost.
const NOT_WRITTEN: u8 = 74;

/// The exit code of a command, once all that it printed has been written: success is none if nobody
/// could read of it.
pub(crate) fn told(code: ExitCode) -> ExitCode {
    // What is wrong is noted.
    let _ = out().flush();
    match LOST.get() {
        Some(error) if code == ExitCode::SUCCESS => {
            let told = format!("keywheel: cannot write to the standard output: {error}");
            let _ = writeln!(anstream::stderr(), "{told}");
            ExitCode::from(NOT_WRITTEN)
        }
        _ => code,
    }
}

/// A writer whose failures are noted.
struct Noted<W>(W);

impl<W: Write> Write for Noted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(note)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(note)
    }
}

fn note(error: &io::Error) {
    if error.kind() != io::ErrorKind::Interrupted {
        let _ = LOST.set(error.to_string());
    }
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

/// Says which words of a scenario are old.
pub(crate) fn notices(scenario: &Scenario) {
    let name = match &scenario.file {
        Some(file) => file.display().to_string(),
        None => scenario.name.clone(),
    };
    for notice in &scenario.notices {
        // Nobody reads what cannot be written; the scenario is read all the same.
        let _ = writeln!(anstream::stderr(), "keywheel: {name}: {notice}");
    }
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
