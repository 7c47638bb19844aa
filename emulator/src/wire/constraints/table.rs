//! A table of constraints, as `constraints/derive.py` writes it.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

/// The constraints of all inputs of a service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it was derived from.
    pub source: String,
    pub(super) operations: BTreeMap<String, Vec<Member>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(flatten)]
    pub(super) shape: Shape,
}

#[derive(Debug, Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) pattern: Option<Pattern>,
    pub(super) r#enum: Option<Vec<String>>,
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) item: Option<Box<Shape>>,
    pub(super) key: Option<Box<Shape>>,
    pub(super) value: Option<Box<Shape>>,
    pub(super) members: Option<Vec<Member>>,
}

/// The type of a member.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    String,
    Blob,
    Integer,
    #[serde(alias = "double", alias = "float")]
    Number,
    Boolean,
    List,
    Map,
    Structure,
}

/// A pattern holds for a whole text.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) whole: Regex,
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // To Java these are letters and digits of ASCII only.
        let plain = text.replace(r"\w", "[0-9A-Za-z_]").replace(r"\d", "[0-9]");
        let whole = Regex::new(&format!("^(?:{plain})$"))?;
        Ok(Self { text, whole })
    }
}

impl Shape {
    /// All rules of a text in a list, as they are told at once.
    pub(super) fn rules(&self) -> String {
        let max = self
            .max
            .map(|max| format!("have length less than or equal to {max}"));
        let min = self
            .min
            .map(|min| format!("have length greater than or equal to {min}"));
        let pattern = self.pattern.as_ref();
        let pattern = pattern.map(|it| format!("satisfy regular expression pattern: {}", it.text));
        let words = self.r#enum.as_ref();
        let words = words.map(|it| format!("satisfy enum value set: [{}]", it.join(", ")));
        let null = Some("not be null".to_owned());
        let rules = [max, min, pattern, words, null].into_iter().flatten();
        let rules: Vec<String> = rules.map(|rule| format!("Member must {rule}")).collect();
        format!("satisfy constraint: [{}]", rules.join(", "))
    }
}

impl Table {
    /// The names of the operations that the table knows.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }
}
