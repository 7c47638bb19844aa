//! What is wrong with a scenario file, and where.

use std::fmt;

use keywheel_emulator::fault::nearest;

/// How much of a source line a message shows.
const SHOWN: usize = 160;

/// The first thing that is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file, as it was named by the caller.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The word that was probably meant.
    pub suggestion: Option<String>,
    /// The line's text.
    pub source_line: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean {suggestion:?}?")?;
        }
        if self.source_line.trim().is_empty() || self.column > SHOWN {
            return Ok(());
        }
        let shown: String = self
            .source_line
            .chars()
            .take(SHOWN)
            .map(printable)
            .collect();
        let blanks = shown.chars().map(|c| if c == '\t' { '\t' } else { ' ' });
        let caret: String = blanks.take(self.column - 1).chain(['^']).collect();
        write!(f, "\n  {shown}\n  {caret}")
    }
}

/// Keeps control characters away from a terminal.
fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { ' ' } else { c }
}

impl std::error::Error for ScenarioError {}

/// What is wrong with a line, before the line is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) column: usize,
    pub(super) message: String,
    pub(super) suggestion: Option<String>,
}

impl Complaint {
    pub(super) fn new(column: usize, message: impl Into<String>) -> Self {
        Self {
            column,
            message: message.into(),
            suggestion: None,
        }
    }

    /// A word that is none of the valid ones: names the nearest, or all if none is near.
    pub(super) fn unknown(what: &str, word: &str, column: usize, valid: &[&str]) -> Self {
        let message = format!("unknown {what} {word:?}");
        match nearest(word, valid.iter().copied()) {
            Some(near) => Self::new(column, message).suggesting(near),
            None => Self::new(
                column,
                format!("{message}; use one of {}", valid.join(", ")),
            ),
        }
    }

    pub(super) fn suggesting(self, word: &str) -> Self {
        Self {
            suggestion: Some(word.to_owned()),
            ..self
        }
    }

    pub(super) fn at(self, file: &str, line: usize, source: &str) -> ScenarioError {
        ScenarioError {
            file: file.to_owned(),
            line,
            column: self.column.max(1),
            message: self.message,
            suggestion: self.suggestion,
            source_line: source.to_owned(),
        }
    }
}
