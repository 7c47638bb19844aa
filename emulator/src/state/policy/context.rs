//! What is known of a request besides caller, action and resource: condition keys and values.

use std::collections::BTreeMap;

/// Condition keys, whose names differ in more than case, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Adds a key with one value; a value that is not known adds nothing.
    pub fn set(&mut self, key: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.set_all(key, vec![value.into()]);
        }
    }

    /// Adds a key with several values.
    pub fn set_all(&mut self, key: &str, values: Vec<String>) {
        self.0.insert(key.to_ascii_lowercase(), values);
    }

    /// Adds all keys of another.
    pub fn extend(&mut self, other: &Self) {
        let keys = other.0.iter();
        self.0
            .extend(keys.map(|(key, values)| (key.clone(), values.clone())));
    }

    /// The values of a key; none if the request does not have it.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        let values = self.0.get(&key.to_ascii_lowercase())?;
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
