//! The valid word that a mistyped word was probably meant to be.

/// Longer words get no suggestion: the comparison is quadratic and a typo is short.
const LONGEST_WORD: usize = 64;

/// The candidate nearest to `word`, if one is near enough to be a typo of it.
///
/// Ties go to the candidate that comes first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length == 0 || length > LONGEST_WORD {
        return None;
    }
    let typed = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&typed, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= tolerance(length.max(candidate.len())))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Edits from the word as typed to the candidate, case aside.
fn distance(typed: &str, candidate: &str) -> usize {
    strsim::damerau_levenshtein(typed, &candidate.to_lowercase())
}

/// How many edits a word of this length may be away and still be called a typo.
const fn tolerance(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => length / 4 + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_another_word_finds_none() {
        let words = ["answer-lost", "answer-hang", "reset"];
        assert_eq!(nearest("answer-lots", words), Some("answer-lost"));
        assert_eq!(nearest("RESET", words), Some("reset"));
        assert_eq!(nearest("tomorrow", words), None);
        assert_eq!(nearest("", words), None);
        assert_eq!(nearest(&"a".repeat(65), words), None);
    }
}
