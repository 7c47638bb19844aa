//! The end of what a function printed that ran elsewhere.

use crate::history::Names;
use crate::oracle::Violation;
use crate::scenario::OracleId;

/// So many lines are shown, cut to so many characters.
const SHOWN: usize = 20;
const WIDTH: usize = 300;

/// The end of a function's output. Nothing is shown of one with a secret in it, which may have a
/// form that no name stands for.
pub(super) fn last_lines(output: &str, violations: &[Violation], names: &Names) -> Vec<String> {
    let mut oracles = violations.iter().map(Violation::oracle);
    if oracles.any(|oracle| oracle == OracleId::NoSecretLeaked) {
        return vec!["(not shown: there is a secret in it)".to_owned()];
    }
    let mut lines: Vec<&str> = output.lines().rev().take(SHOWN).collect();
    lines.reverse();
    let shown = lines.into_iter().map(|line| {
        let masked = names.masked(line);
        masked.chars().take(WIDTH).collect()
    });
    shown.collect()
}
