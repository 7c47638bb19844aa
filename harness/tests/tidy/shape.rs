//! What a file as a whole must be.

use crate::finding::Finding;
use crate::workspace::Source;

/// How many lines a file may have, its tests not counted.
const LINES_MAX: usize = 400;

/// What makes a function a test where cargo brings the `main`.
const ATTRIBUTES: [&str; 2] = ["#[test]", "#[tokio::test]"];

/// A file begins by saying what it is.
pub(crate) fn module_doc(source: &Source) -> Vec<Finding> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    let cure = "begin with a module doc, `//! …`: what is here, in one line";
    vec![Finding::new(source, 1, cure)]
}

/// A file is short enough to be read whole.
pub(crate) fn length(source: &Source) -> Vec<Finding> {
    let count = source.production().len();
    if count <= LINES_MAX {
        return Vec::new();
    }
    let cure = format!("{count} lines without tests; split it at a seam, {LINES_MAX} is the most");
    vec![Finding::new(source, LINES_MAX + 1, cure)]
}

/// A `mod` line leads to every file.
pub(crate) fn alive(source: &Source) -> Vec<Finding> {
    if source.is_reached {
        return Vec::new();
    }
    let cure = "no `mod` line leads here, so that nobody compiles it: declare it or delete it";
    vec![Finding::new(source, 1, cure)]
}

/// In a target with a `main` of its own a test is in the list that this `main` runs: an attribute
/// would leave it out in silence.
pub(crate) fn listed(source: &Source) -> Vec<Finding> {
    if !source.has_own_main {
        return Vec::new();
    }
    let lines = source.lines();
    let marked = lines.filter(|(_, line)| ATTRIBUTES.contains(&line.trim()));
    let cure = "nobody runs it: this target has a `main`; take the attribute away and name the \
                test in `tests![…]`";
    marked
        .map(|(number, _)| Finding::new(source, number, cure))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::lines;

    #[test]
    fn a_file_that_does_not_say_what_it_is_is_found() {
        assert_eq!(lines(module_doc, "rotator/src/x.rs", "//! It.\n"), [0; 0]);
        for text in ["", "use x;\n//! It.\n", "// It.\n"] {
            assert_eq!(lines(module_doc, "rotator/tests/x.rs", text), [1]);
        }
    }

    #[test]
    fn a_long_file_is_found_but_tests_do_not_count() {
        let body = |count: usize| "x\n".repeat(count);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", body(500));
        let with_tests = |count| format!("{}{tests}", body(count));
        assert_eq!(lines(length, "rotator/src/x.rs", &with_tests(400)), [0; 0]);
        assert_eq!(lines(length, "rotator/src/x.rs", &with_tests(401)), [401]);
        assert_eq!(lines(length, "rotator/src/x/tests.rs", &body(500)), [0; 0]);
    }

    #[test]
    fn a_test_that_its_targets_main_does_not_know_is_found() {
        let text = "fn a() {}\n\n    #[tokio::test]\n    async fn b() {}\n";
        let mut source = Source::new("harness/tests/serve/x.rs", text);
        assert_eq!(listed(&source), []);
        source.has_own_main = true;
        assert_eq!(listed(&source).len(), 1);
    }

    #[test]
    fn a_dead_file_is_found() {
        let mut source = Source::new("rotator/src/x.rs", "");
        assert_eq!(alive(&source).len(), 1);
        source.is_reached = true;
        assert_eq!(alive(&source), []);
    }
}
