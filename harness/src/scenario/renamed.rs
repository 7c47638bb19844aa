//! Words of scenarios that are called otherwise now. This version still reads the old ones, and
//! says so; the next does not.

use std::fmt;

/// A line with an old word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The line.
    pub line: usize,
    /// The old word.
    pub old: String,
    /// The word for it.
    pub new: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, old, new } = self;
        write!(
            f,
            "line {line}: write {new} for {old}, which the next version does not read"
        )
    }
}

/// Oracles: the old name and the new one.
const ORACLES: [(&str, &str); 2] = [("settles", "recovers"), ("users-served", "clients-served")];

/// Where functions of the original article begin.
const FUNCTION: (&str, &str) = ("mutant:seed-", "mutant:article-");

/// The function of an old name, by its new one.
pub(crate) fn function(name: &str) -> Option<String> {
    let variant = name.strip_prefix(FUNCTION.0)?;
    Some(format!("{}{variant}", FUNCTION.1))
}

/// What a line says in the words of today, if it has an old one.
pub(super) fn in_line(line: usize, source: &str) -> Option<(String, Notice)> {
    let words: Vec<&str> = source.split_whitespace().collect();
    let renamed = match words[..] {
        ["function", old, ..] => function(old).map(|new| (old, new)),
        ["expect", "mark", ..] => Some(("mark", "coverage".to_owned())),
        ["expect", "violation", ref oracles @ ..] | ["without", ref oracles @ ..] => {
            oracle(oracles.first()?)
        }
        ["finally", ref checks @ ..] => checks.iter().find_map(|check| oracle(check)),
        _ => None,
    };
    let (old, new) = renamed?;
    let notice = Notice {
        line,
        old: old.to_owned(),
        new,
    };
    let current = source.replacen(old, &notice.new, 1);
    Some((current, notice))
}

fn oracle(word: &str) -> Option<(&str, String)> {
    let (_, new) = ORACLES.iter().find(|(old, _)| *old == word)?;
    Some((word, (*new).to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Vocabulary, parse, print};

    #[test]
    fn old_words_are_read_with_a_notice_and_written_as_the_new_ones() {
        let old = "keywheel scenario 1\nfunction mutant:seed-a\nrotate s\n\
            expect violation users-served\nexpect mark killed\n\
            without settles because it settles\n";
        let scenario = parse("x", old, &Vocabulary::default()).unwrap();
        let new = "keywheel scenario 1\nfunction mutant:article-a\nrotate s\n\
            expect violation clients-served\nexpect coverage killed\n\
            without recovers because it settles\n";
        assert_eq!(print(&scenario), new);
        let lines: Vec<usize> = scenario.notices.iter().map(|notice| notice.line).collect();
        assert_eq!(lines, [2, 4, 5, 6]);
        assert_eq!(parse("x", new, &Vocabulary::default()).unwrap().notices, []);
    }
}
