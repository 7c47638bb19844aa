//! Why a function cannot be run as it was given.

use std::path::Path;

/// What is wrong with a function that somebody named, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given}: {problem}")]
pub struct FunctionError {
    /// The word, the file or the resource that is wrong.
    given: String,
    /// What is wrong with it, and what to do.
    problem: String,
}

impl FunctionError {
    pub(super) fn new(given: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            given: given.into(),
            problem: problem.into(),
        }
    }

    /// The same problem, told of another file.
    pub(super) fn about(self, path: &Path) -> Self {
        Self::of(path, self.problem)
    }

    /// A problem of a file.
    pub(super) fn of(path: &Path, problem: impl Into<String>) -> Self {
        Self::new(path.display().to_string(), problem)
    }
}

/// Names for a person: `a, b or c`; `none` if there are none.
pub(super) fn either(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::either;

    #[test]
    fn names_are_told_as_a_choice() {
        let names = |count| ["a", "b", "c"].map(str::to_owned)[..count].to_vec();
        assert_eq!(either(&names(0)), "none");
        assert_eq!(either(&names(1)), "a");
        assert_eq!(either(&names(3)), "a, b or c");
    }
}
