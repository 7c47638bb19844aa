//! The end of what a function printed that ran elsewhere.

use crate::history::Names;
use crate::oracle::{Violation, redacted, shows_a_key};
use crate::scenario::OracleId;

/// So many lines are shown, cut to so many characters.
const SHOWN: usize = 20;
const WIDTH: usize = 300;

/// The end of a function's output, without the secrets in it. Of one with a secret that no name stands
/// for nothing is shown.
pub(super) fn last_lines(output: &str, violations: &[Violation], names: &Names) -> Vec<String> {
    let mut oracles = violations.iter().map(Violation::oracle);
    let is_leaking = oracles.any(|oracle| oracle == OracleId::NoSecretLeaked);
    if is_leaking && !shows_a_key(output, names) {
        return vec!["(not shown: there is a secret in it that has no name)".to_owned()];
    }
    let mut lines: Vec<&str> = output.lines().rev().take(SHOWN).collect();
    lines.reverse();
    let shown = lines.into_iter().map(|line| {
        let line = redacted(line, names);
        line.chars().take(WIDTH).collect()
    });
    shown.collect()
}
