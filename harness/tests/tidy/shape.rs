//! What a file as a whole must be.

use crate::finding::Finding;
use crate::workspace::Source;

/// How many lines a file may have, its tests not counted.
const LINES_MAX: usize = 400;

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
    fn a_dead_file_is_found() {
        let mut source = Source::new("rotator/src/x.rs", "");
        assert_eq!(alive(&source).len(), 1);
        source.is_reached = true;
        assert_eq!(alive(&source), []);
    }
}
