//! `name=value` options, numbers and durations.

use std::ops::RangeInclusive;

use keywheel_emulator::fault::Span;

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Word};
use super::super::refs::numbered;

/// The options of a line: known ones only, none twice.
pub(super) fn options(
    words: &mut Cursor<'_>,
    valid: &[&'static str],
) -> Result<Vec<(&'static str, Word)>, Complaint> {
    let mut options: Vec<(&'static str, Word)> = Vec::new();
    while let Some(word) = words.next_word()? {
        let (name, value) = option(&word, valid)?;
        if options.iter().any(|(seen, _)| *seen == name) {
            return Err(Complaint::new(
                word.column,
                format!("option {name:?} is given twice"),
            ));
        }
        options.push((name, value));
    }
    Ok(options)
}

fn option(word: &Word, valid: &[&'static str]) -> Result<(&'static str, Word), Complaint> {
    let Some((name, value)) = word.split_option() else {
        let unknown = Complaint::unknown("word", &word.text, word.column, valid);
        return Err(match unknown.suggestion {
            Some(near) => Complaint {
                suggestion: Some(format!("{near}=…")),
                ..unknown
            },
            None => unknown,
        });
    };
    match valid.iter().find(|known| **known == name) {
        Some(_) if value.text.is_empty() => Err(Complaint::new(
            value.column,
            format!("the value of {name:?} is missing"),
        )),
        Some(known) => Ok((*known, value)),
        None => Err(Complaint::unknown("option", name, word.column, valid)),
    }
}

/// A whole number within bounds.
pub(super) fn number(word: &Word, bounds: RangeInclusive<u32>) -> Result<u32, Complaint> {
    let number = numbered(&word.text, "").filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        let (low, high) = bounds.into_inner();
        let message = format!("{:?} is not a whole number from {low} to {high}", word.text);
        Complaint::new(word.column, message)
    })
}

/// A duration within bounds.
pub(super) fn span(word: &Word, bounds: RangeInclusive<Span>) -> Result<Span, Complaint> {
    let complain = |why: String| Complaint::new(word.column, format!("{:?}: {why}", word.text));
    let span: Span = word
        .text
        .parse()
        .map_err(|error| complain(format!("{error}")))?;
    if bounds.contains(&span) {
        return Ok(span);
    }
    let (low, high) = bounds.into_inner();
    Err(complain(format!(
        "the duration must be from {low} to {high}"
    )))
}
