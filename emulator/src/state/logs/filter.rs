//! Which events a filter pattern finds: words that must be in them, that must not, and of which
//! one is enough [D]. Patterns in braces (JSON) and brackets (columns) are not read.

use super::error::LogsError;

/// A filter pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Filter {
    /// Reads a pattern; an empty one finds everything.
    ///
    /// # Errors
    /// [`LogsError::PatternNotEmulated`].
    pub fn parse(pattern: &str) -> Result<Self, LogsError> {
        let mut filter = Self::default();
        let mut rest = pattern.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            return Err(LogsError::PatternNotEmulated);
        }
        while let Some(first) = rest.chars().next() {
            let list = match first {
                '?' => &mut filter.any,
                '-' => &mut filter.none,
                _ => &mut filter.all,
            };
            let term = rest.trim_start_matches(['?', '-']);
            let (word, after) = word(term);
            if !word.is_empty() {
                list.push(word.to_owned());
            }
            rest = after.trim_start();
        }
        Ok(filter)
    }

    /// Is this a text that is looked for? Letters count as they are.
    pub fn finds(&self, text: &str) -> bool {
        let is_in = |word: &String| text.contains(word.as_str());
        let is_one_of_many = self.any.is_empty() || self.any.iter().any(is_in);
        self.all.iter().all(is_in) && is_one_of_many && !self.none.iter().any(is_in)
    }
}

/// The first word or quoted phrase of a text, and what follows it.
fn word(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wanted_all_any_or_not_at_all() {
        for (pattern, text, expected) in [
            ("", "anything", true),
            ("ERROR", "an ERROR here", true),
            ("ERROR", "an error here", false),
            ("a b", "b then a", true),
            ("a c", "b then a", false),
            ("?c ?a", "a", true),
            ("?c ?d", "a", false),
            ("a -b", "a", true),
            ("a -b", "ab", false),
            ("\"a b\"", "x a b", true),
            ("\"a b\"", "ab", false),
            ("-\"a b\"", "a b", false),
        ] {
            let filter = Filter::parse(pattern).unwrap();
            assert_eq!(filter.finds(text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn patterns_of_json_and_columns_are_not_read() {
        for pattern in ["{ $.a = 1 }", "[a, b]", " %x%"] {
            assert_eq!(Filter::parse(pattern), Err(LogsError::PatternNotEmulated));
        }
    }
}
