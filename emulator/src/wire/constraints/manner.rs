//! How a service tells what is wrong with a request: the frame of the words, which members it looks
//! at otherwise, and whether everything travels as text.

use std::borrow::Cow;

use serde_json::Value;

use super::path::Path;
use super::table::Kind;

/// The manner of a service.
#[derive(Debug)]
pub struct Manner {
    /// `Value 'x' at` rather than `Value at`.
    pub(super) shows_values: bool,
    /// Is a wrong text in a list of texts told as one of the list, with all the rules of its items?
    pub(super) tells_items_at_list: bool,
    /// Do numbers, truth values and empty lists come as texts?
    is_text: bool,
    /// Members of structures that the model does not call required though nothing works without
    /// them.
    also_required: &'static [(&'static str, &'static str)],
    /// A member that may be empty, whatever the model's minimum says.
    may_be_empty: Option<&'static str>,
    /// Members whose characters the service refuses in words of its own.
    own_words: &'static [(&'static str, &'static str)],
}

/// AWS is said to refuse the members of structures in the same words [G]; an empty SecretString is
/// refused in words of its own or counts as none [U].
pub(super) const SECRETS_MANAGER: Manner = Manner {
    shows_values: true,
    tells_items_at_list: false,
    is_text: false,
    also_required: &[
        ("Filters", "Key"),
        ("Filters", "Values"),
        ("Tags", "Key"),
        ("AddReplicaRegions", "Region"),
    ],
    may_be_empty: Some("SecretString"),
    own_words: &[],
};

/// What names are made of [U].
const NAME_RULE: &str =
    "It must contain only alphanumeric characters and/or the following: +=,.@_-";

/// What paths are made of [U].
const PATH_RULE: &str =
    "It must begin and end with / and contain only alphanumeric characters and/or / characters.";

/// No value is repeated, and texts in lists are told at the list [R 2026-02].
pub(super) const IAM: Manner = Manner {
    shows_values: false,
    tells_items_at_list: true,
    is_text: true,
    also_required: &[],
    may_be_empty: None,
    own_words: &[
        ("RoleName", NAME_RULE),
        ("UserName", NAME_RULE),
        ("PolicyName", NAME_RULE),
        ("Path", PATH_RULE),
    ],
};

/// Values are repeated [R 2025-07].
pub(super) const STS: Manner = Manner {
    shows_values: true,
    tells_items_at_list: true,
    is_text: true,
    also_required: &[],
    may_be_empty: None,
    own_words: &[],
};

impl Manner {
    pub(super) fn also_requires(&self, list: &str, member: &str) -> bool {
        self.also_required.contains(&(list, member))
    }

    pub(super) fn may_be_empty(&self, path: &Path<'_>) -> bool {
        self.may_be_empty.is_some() && path.top() == self.may_be_empty
    }

    /// What the service says of a member with wrong characters, if it has words of its own for it.
    pub(super) fn own_words(&self, path: &Path<'_>) -> Option<String> {
        let (_, rule) = self
            .own_words
            .iter()
            .find(|(name, _)| path.top() == Some(name))?;
        Some(format!("The specified value for {path} is invalid. {rule}"))
    }

    /// The value with its type; none if the text is not of it.
    pub(super) fn typed<'v>(&self, kind: Kind, value: &'v Value) -> Option<Cow<'v, Value>> {
        let (Value::String(text), true) = (value, self.is_text) else {
            return Some(Cow::Borrowed(value));
        };
        let typed = match kind {
            Kind::Integer => Value::from(text.parse::<i64>().ok()?),
            Kind::Number => Value::from(text.parse::<f64>().ok()?),
            Kind::Boolean => Value::from(text.parse::<bool>().ok()?),
            Kind::List if text.is_empty() => Value::Array(Vec::new()),
            _ => return Some(Cow::Borrowed(value)),
        };
        Some(Cow::Owned(typed))
    }
}
