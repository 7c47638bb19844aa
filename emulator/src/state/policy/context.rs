//! What is known of a request besides caller, action and resource: condition keys and values.

use std::collections::{BTreeMap, BTreeSet};

/// Condition keys, whose names differ in more than case, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
    /// Keys that the request has, with values that nobody can know here.
    hidden: BTreeSet<String>,
}

impl Context {
    /// Adds a key with one value; a value that is not known adds nothing.
    pub fn set(&mut self, key: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.set_all(key, vec![value.into()]);
        }
    }

    /// Adds a key with several values.
    pub fn set_all(&mut self, key: &str, values: Vec<String>) {
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// Adds all keys of another.
    pub fn extend(&mut self, other: &Self) {
        let keys = other.values.iter();
        self.values
            .extend(keys.map(|(key, values)| (key.clone(), values.clone())));
        self.hidden.extend(other.hidden.iter().cloned());
    }

    /// Notes a key whose value cannot be known.
    pub fn hide(&mut self, key: &str) {
        self.hidden.insert(key.to_ascii_lowercase());
    }

    /// Is the key one whose value cannot be known?
    pub fn is_hidden(&self, key: &str) -> bool {
        self.hidden.contains(&key.to_ascii_lowercase())
    }

    /// The values of a key; none if the request does not have it.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        let values = self.values.get(&key.to_ascii_lowercase())?;
        Some(values)
    }

    /// The value of a key that has exactly one, as policy variables need it [D].
    pub fn single(&self, key: &str) -> Option<&str> {
        match self.values(key)? {
            [value] => Some(value),
            _ => None,
        }
    }
}
