//! What a rule has found.

use std::fmt;

use crate::workspace::Source;

/// A place that breaks a rule, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    pub(crate) line: usize,
    cure: String,
}

impl Finding {
    pub(crate) fn new(source: &Source, line: usize, cure: impl Into<String>) -> Self {
        let (path, cure) = (source.path.clone(), cure.into());
        Self { path, line, cure }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.cure)
    }
}

/// The lines that a rule objects to in a file of this path and text, which is no test.
#[cfg(test)]
pub(crate) fn lines(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
    let findings = rule(&Source::new(path, text));
    findings.iter().map(|finding| finding.line).collect()
}
