//! In which way a run failed: what must stay the same while its scenario is made smaller.

use serde::{Deserialize, Serialize};

use crate::oracle::Violation;
use crate::run::{Run, Unmet};

/// What objects where no oracle does: the scenario expects something that is not so.
pub const EXPECTATION: &str = "expectation";

/// The oracle that objects and what it says, without the numbers of this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Class {
    /// The oracle.
    pub oracle: String,
    /// Its objection, with `*` for every number.
    pub what: String,
}

impl Class {
    /// The class of a violation.
    pub fn of(violation: &Violation) -> Self {
        Self {
            oracle: violation.oracle.to_owned(),
            what: skeleton(&violation.text),
        }
    }

    /// The class of an expectation that was not met.
    pub fn unmet(unmet: &Unmet) -> Self {
        Self {
            oracle: EXPECTATION.to_owned(),
            what: skeleton(&unmet.text),
        }
    }

    /// Everything that is objected to in a run, expectations included, each with its class.
    pub fn all_in(run: &Run) -> impl Iterator<Item = (Self, &str)> {
        let violations = run.violations.iter();
        let violations = violations.map(|violation| (Self::of(violation), &*violation.text));
        let unmet = run.unmet.iter();
        violations.chain(unmet.map(|unmet| (Self::unmet(unmet), &*unmet.text)))
    }
}

/// Names that only say which rotation it was.
const TOKENS: [&str; 3] = ["clean", "clean-after-retry", "scheduled"];

/// How much of an objection makes its class, in characters; what follows is detail.
const SHOWN: usize = 160;

/// The text with the numbers of keys, versions and counts replaced.
fn skeleton(text: &str) -> String {
    let text: String = text.chars().take(SHOWN).collect();
    let words = text.split_inclusive(|c: char| !is_word(c));
    let mut skeleton = String::new();
    for piece in words {
        let word = piece.trim_end_matches(|c: char| !is_word(c));
        skeleton += &general(word);
        skeleton += &piece[word.len()..];
    }
    skeleton
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

fn general(word: &str) -> String {
    if TOKENS.contains(&word) {
        return "token*".to_owned();
    }
    if !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    // A version that has no name goes by the start of its id.
    if is_name {
        format!("{name}*")
    } else {
        "*".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_of_one_run_are_left_out() {
        let text = "2 keys were made for token1, where 1 would do";
        assert_eq!(
            skeleton(text),
            "* keys were made for token*, where * would do"
        );
        assert_eq!(
            skeleton("3 keys were made for clean, where 1 would do"),
            skeleton(text)
        );
        assert_eq!(skeleton("holds k12, which 8a385f8a"), "holds k*, which *");
        assert_eq!(skeleton("é: foreign3!"), "é: foreign*!");
    }
}
