//! What may not stand in a line.

use crate::finding::Finding;
use crate::workspace::Source;

/// One finding for each line that holds one of the words.
fn found(source: &Source, lines: &[(usize, &str)], words: &[&str], cure: &str) -> Vec<Finding> {
    let holding = lines.iter().filter_map(|(number, line)| {
        let word = words.iter().find(|word| line.contains(**word))?;
        Some(Finding::new(source, *number, format!("`{word}`: {cure}")))
    });
    holding.collect()
}

/// Only the places that are named so read a clock.
pub(crate) fn clock(source: &Source) -> Vec<Finding> {
    const PLACES: [&str; 2] = ["emulator/src/time.rs", "harness/src/clock.rs"];
    if PLACES.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let words = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
    ];
    let cure = format!(
        "time is an argument; a clock is read in {} only",
        PLACES.join(" and ")
    );
    found(source, &source.code(), &words, &cure)
}

/// Only the emulator's source of randomness names the crates behind it.
pub(crate) fn randomness(source: &Source) -> Vec<Finding> {
    let path = source.below_src("emulator");
    if path.is_none_or(|path| path == "entropy.rs") {
        return Vec::new();
    }
    let words = [
        "rand::",
        "rand_chacha::",
        "use rand",
        "fastrand",
        "Uuid::new_v4",
    ];
    let cure = "randomness is an argument; draw it from crate::entropy::Entropy";
    found(source, &source.code(), &words, cure)
}

/// Codes of AWS errors are written in one table.
pub(crate) fn error_code(source: &Source) -> Vec<Finding> {
    let path = source.below_src("emulator");
    if path.is_none_or(|path| path.starts_with("wire/error_code/")) {
        return Vec::new();
    }
    let cure = "an error is a domain fact; its code belongs in emulator/src/wire/error_code";
    found(source, &source.code(), &["Exception\""], cure)
}

/// Nothing waits to be finished.
pub(crate) fn unfinished(source: &Source) -> Vec<Finding> {
    // In two pieces, for this file is read too.
    let words = [
        concat!("to", "do!"),
        concat!("unimple", "mented!"),
        concat!("db", "g!"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let lines: Vec<_> = source.lines().collect();
    found(source, &lines, &words, "finish it, or write an issue")
}

/// A lint is expected to fire where it is silenced.
pub(crate) fn allowed(source: &Source) -> Vec<Finding> {
    let words = [concat!("#[al", "low("), concat!("#![al", "low(")];
    let cure = "write `#[expect(…, reason = \"…\")]`, which tells when it is needed no more";
    let lines: Vec<_> = source.lines().collect();
    found(source, &lines, &words, cure)
}

/// The file of a collection that nobody can go through.
const HIDDEN_ORDER: &str = "state/secrets/by_name.rs";

/// No order of a hash reaches what must repeat itself.
pub(crate) fn hash_order(source: &Source) -> Vec<Finding> {
    let is_hidden = source.below_src("emulator") == Some(HIDDEN_ORDER);
    if source.below_src("rotator").is_some() || is_hidden {
        return Vec::new();
    }
    let cure = "the same seed must give the same bytes: BTreeMap, BTreeSet or indexmap";
    found(source, &source.code(), &["HashMap", "HashSet"], cure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::lines;

    #[test]
    fn a_clock_that_is_read_elsewhere_is_found() {
        let text = "let a = Instant::now();\n// Instant::now\nlet b = clock.now();\n";
        assert_eq!(lines(clock, "rotator/src/steps.rs", text), [1]);
        assert_eq!(lines(clock, "emulator/src/time.rs", text), [0; 0]);
        assert_eq!(lines(clock, "harness/tests/x.rs", text), [0; 0]);
    }

    #[test]
    fn randomness_from_elsewhere_is_found() {
        let text = "use rand::Rng;\nlet a = entropy.uuid();\nlet b = Uuid::new_v4();\n";
        assert_eq!(lines(randomness, "emulator/src/ids.rs", text), [1, 3]);
        assert_eq!(lines(randomness, "emulator/src/entropy.rs", text), [0; 0]);
        assert_eq!(lines(randomness, "harness/src/run.rs", text), [0; 0]);
    }

    #[test]
    fn an_error_code_that_is_written_elsewhere_is_found() {
        let text = "Err(\"NotFoundException\")\n/// `\"NotFoundException\"`\n";
        assert_eq!(lines(error_code, "emulator/src/ops/x.rs", text), [1]);
        assert_eq!(
            lines(error_code, "emulator/src/wire/error_code/x.rs", text),
            [0; 0]
        );
        assert_eq!(lines(error_code, "harness/src/mutants/x.rs", text), [0; 0]);
    }

    #[test]
    fn what_is_unfinished_is_found_in_tests_too() {
        let text = format!(
            "{}()\nfine\n// {}\n",
            concat!("to", "do!"),
            concat!("FIX", "ME")
        );
        assert_eq!(lines(unfinished, "harness/tests/x.rs", &text), [1, 3]);
    }

    #[test]
    fn a_lint_that_is_waved_through_is_found() {
        let text = format!("#[expect(x)]\n    {}x)]\n", concat!("#[al", "low("));
        assert_eq!(lines(allowed, "rotator/src/x.rs", &text), [2]);
    }

    #[test]
    fn a_hash_map_is_found_where_order_matters() {
        let text = "use std::collections::{BTreeMap, HashMap};\n";
        assert_eq!(lines(hash_order, "harness/src/x.rs", text), [1]);
        assert_eq!(lines(hash_order, "emulator/src/x.rs", text), [1]);
        assert_eq!(lines(hash_order, "harness/tests/x.rs", text), [0; 0]);
    }
}
