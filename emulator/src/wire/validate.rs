//! The constraints of the service models, with AWS's generic wording [U, G].
//!
//! `1 validation error detected: Value '…' at 'passwordLength' failed to satisfy constraint:
//! Member must have value less than or equal to 4096`; several are joined by `; `. Values of
//! sensitive members are not repeated.

use std::fmt;

use super::payload::Required;

/// An input that knows the constraints of its members.
pub trait Constrained {
    /// Adds each constraint that is not met.
    fn check(&self, violations: &mut Violations);
}

/// The constraints that a request does not meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    told: Vec<String>,
    /// What a service tells in words of its own once nothing else is wrong.
    in_own_words: Option<String>,
}

/// How many, in characters, bytes, items or as a number.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    min: i64,
    max: i64,
}

/// From `min` to `max`, both allowed.
pub const fn between(min: i64, max: i64) -> Bounds {
    Bounds { min, max }
}

impl Bounds {
    /// Does the number lie outside?
    pub fn is_broken_by(self, number: i64) -> bool {
        self.broken_by_number(number).is_some()
    }

    fn broken_by(self, count: usize) -> Option<Broken> {
        self.broken_by_number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn broken_by_number(self, number: i64) -> Option<Broken> {
        if number < self.min {
            return Some(Broken {
                relation: "greater",
                bound: self.min,
            });
        }
        (number > self.max).then_some(Broken {
            relation: "less",
            bound: self.max,
        })
    }
}

struct Broken {
    relation: &'static str,
    bound: i64,
}

impl Violations {
    /// Are all constraints met?
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.in_own_words.is_none()
    }

    /// A violation in words of its own; `shown` is the offending value or a mask.
    pub fn add(&mut self, shown: impl fmt::Display, path: &str, rule: impl fmt::Display) {
        self.told.push(format!(
            "Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"
        ));
    }

    /// A violation of what a map holds, which the framework tells without `Member must` [R].
    pub fn add_as_told(&mut self, shown: impl fmt::Display, path: &str, rule: &str) {
        self.told.push(format!(
            "Value {shown} at '{path}' failed to satisfy constraint: {rule}"
        ));
    }

    /// A violation whose value is not repeated.
    pub fn add_unshown(&mut self, path: &str, rule: impl fmt::Display) {
        self.told.push(format!(
            "Value at '{path}' failed to satisfy constraint: Member must {rule}"
        ));
    }

    /// What is told in the service's own words, and only if nothing else is wrong.
    pub fn add_in_own_words(&mut self, words: String) {
        self.in_own_words.get_or_insert(words);
    }

    /// A member that must be there.
    pub fn present<T>(&mut self, path: &str, member: &Required<T>) {
        if !member.is_present() {
            self.add("null", path, "not be null");
        }
    }

    /// The length of a text, in characters.
    pub fn text(&mut self, path: &str, text: &str, bounds: Bounds) {
        self.length(
            path,
            format_args!("'{text}'"),
            text.chars().count(),
            "length",
            bounds,
        );
    }

    /// The length of a text that is there.
    pub fn optional_text(&mut self, path: &str, text: Option<&String>, bounds: Bounds) {
        if let Some(text) = text {
            self.text(path, text, bounds);
        }
    }

    /// A text that must be there, and its length.
    pub fn required_text(&mut self, path: &str, text: &Required<String>, bounds: Bounds) {
        if text.is_present() {
            self.text(path, text, bounds);
        } else {
            self.present(path, text);
        }
    }

    /// The length of a sensitive text or blob, whose value is masked.
    pub fn sensitive(&mut self, path: &str, length: usize, bounds: Bounds) {
        let shown = "'***sensitive value***'";
        self.length(path, format_args!("{shown}"), length, "length", bounds);
    }

    /// The number of items of a list.
    pub fn items<T: fmt::Debug>(&mut self, path: &str, items: &[T], bounds: Bounds) {
        self.length(
            path,
            format_args!("'{items:?}'"),
            items.len(),
            "length",
            bounds,
        );
    }

    /// A number's range.
    pub fn number(&mut self, path: &str, number: Option<i64>, bounds: Bounds) {
        let Some(number) = number else { return };
        if let Some(Broken { relation, bound }) = bounds.broken_by_number(number) {
            let rule = format_args!("have value {relation} than or equal to {bound}");
            self.told.push(format!(
                "Value '{number}' at '{path}' failed to satisfy constraint: Member must {rule}"
            ));
        }
    }

    /// One of a closed set of words.
    pub fn one_of(&mut self, path: &str, word: Option<&String>, words: &[&str]) {
        let Some(word) = word else { return };
        if !words.contains(&word.as_str()) {
            let set = words.join(", ");
            self.add(
                format_args!("'{word}'"),
                path,
                format_args!("satisfy enum value set: [{set}]"),
            );
        }
    }

    /// A pattern, decided by the caller; `pattern` is the model's text.
    pub fn pattern(&mut self, path: &str, text: &str, pattern: &str, is_met: bool) {
        if !is_met {
            let rule = format_args!("satisfy regular expression pattern: {pattern}");
            self.add(format_args!("'{text}'"), path, rule);
        }
    }

    fn length(
        &mut self,
        path: &str,
        shown: fmt::Arguments<'_>,
        length: usize,
        of: &str,
        bounds: Bounds,
    ) {
        if let Some(Broken { relation, bound }) = bounds.broken_by(length) {
            self.add(
                shown,
                path,
                format_args!("have {of} {relation} than or equal to {bound}"),
            );
        }
    }
}

/// The message of the ValidationException.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(words), []) = (&self.in_own_words, &*self.told) {
            return f.write_str(words);
        }
        let count = self.told.len();
        let errors = if count == 1 { "error" } else { "errors" };
        write!(
            f,
            "{count} validation {errors} detected: {}",
            self.told.join("; ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_violation_reads_as_recorded() {
        let mut violations = Violations::default();
        violations.number("passwordLength", Some(4097), between(1, 4096));
        assert_eq!(
            violations.to_string(),
            "1 validation error detected: Value '4097' at 'passwordLength' failed to satisfy \
             constraint: Member must have value less than or equal to 4096"
        );
    }

    #[test]
    fn several_are_joined() {
        let mut violations = Violations::default();
        violations.text("name", "", between(1, 512));
        violations.present("secretId", &Required::<String>::default());
        let text = violations.to_string();
        assert!(
            text.starts_with("2 validation errors detected: Value '' at 'name'"),
            "{text}"
        );
        assert!(text.contains("; Value null at 'secretId'"), "{text}");
    }

    #[test]
    fn both_bounds_are_allowed_values() {
        let mut violations = Violations::default();
        violations.text("x", "a", between(1, 2));
        violations.text("x", "ab", between(1, 2));
        assert!(violations.is_empty());
    }
}
