//! A file's two parts: the script and the txtar sections behind it.

use super::error::Complaint;

/// A section that needs no statement to refer to it: the trace that a run must leave.
pub(super) const GOLDEN_TRACE: &str = "trace.golden";

/// A section as it stands in the file.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) text: String,
}

/// The lines of the script, and the sections.
pub(super) fn split(text: &str) -> (Vec<&str>, Vec<Section>) {
    let mut script = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    for (index, line) in text.split_terminator('\n').enumerate() {
        match (marker(line), sections.last_mut()) {
            (Some(name), _) => {
                let (name, text) = (name.to_owned(), String::new());
                sections.push(Section {
                    name,
                    line: index + 1,
                    text,
                });
            }
            (None, Some(section)) => {
                section.text.push_str(line);
                section.text.push('\n');
            }
            (None, None) => script.push(line),
        }
    }
    (script, sections)
}

/// The name in a line like `-- name --`.
pub(super) fn marker(line: &str) -> Option<&str> {
    let name = line
        .strip_prefix("-- ")?
        .trim_end()
        .strip_suffix(" --")?
        .trim();
    (!name.is_empty()).then_some(name)
}

/// Whether a text may name a section.
pub(super) fn check_name(name: &str, column: usize) -> Result<(), Complaint> {
    if super::words::is_name(name) {
        return Ok(());
    }
    let message =
        format!("{name:?} is not the name of a section: use letters, digits, '-', '_', '.'");
    Err(Complaint::new(column, message))
}
