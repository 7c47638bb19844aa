//! The shapes of a secret: a bare key, or a JSON object with the key in one field.
//!
//! White space and a byte-order mark around a value are dropped, but the newline after a bare
//! key stays.
//!
//! Writing a new value changes that one field only: members, their order and the text of numbers
//! stay. A placeholder such as `CHANGE_ME`, and a key that is long dead, are fine as the current
//! value: rotation is the cure for them.

use crate::error::Malformed;
use crate::key::{Key, is_key_shaped};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The field looked for first when none is configured.
pub const DEFAULT_FIELD: &str = "APIKEY";
/// What Secrets Manager stores at most, in bytes (API model).
const LARGEST: usize = 65_536;
/// serde_json uses this member name for numbers; a secret with it could not be preserved.
const RESERVED: &str = "$serde_json::private";

/// A parsed secret value. It has no `Debug`: it holds a key. Its text is erased on drop.
pub struct SecretValue {
    shape: Shape,
}

impl Drop for SecretValue {
    fn drop(&mut self) {
        if let Shape::Object { root, .. } = &mut self.shape {
            erase(root);
        }
    }
}

/// Erases every text in `value`: any member may be as secret as the key.
fn erase(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(erase),
        Value::Object(members) => members.values_mut().for_each(erase),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

enum Shape {
    Bare {
        text: Zeroizing<String>,
        ends_in_newline: bool,
    },
    Object {
        root: Value,
        pointer: String,
    },
}

impl SecretValue {
    /// Parses `text`. `field` is the configured member name or, starting with `/`, JSON pointer.
    ///
    /// # Errors
    /// Says what is malformed, never with a part of a value.
    pub fn parse(text: &str, field: Option<&str>) -> Result<Self, Malformed> {
        let body = text.trim_start_matches('\u{feff}').trim();
        if body.is_empty() {
            return Err(Malformed::Empty);
        }
        let shape = if body.starts_with('{') {
            object(body, field)?
        } else {
            bare(body, text.ends_with('\n'), field)?
        };
        Ok(Self { shape })
    }

    /// The value to start from when the secret never had one: an object with that field alone.
    pub fn initial(field: Option<&str>) -> Self {
        let name = field.unwrap_or(DEFAULT_FIELD).trim_start_matches('/');
        let root = Value::Object(std::iter::once((name.to_owned(), Value::from(""))).collect());
        Self {
            shape: Shape::Object {
                root,
                pointer: member_pointer(name),
            },
        }
    }

    /// The key it holds, or `None` for a placeholder.
    pub fn key(&self) -> Option<Key> {
        match &self.shape {
            Shape::Bare { text, .. } => Key::parse(text),
            Shape::Object { root, pointer } => root
                .pointer(pointer)
                .and_then(Value::as_str)
                .and_then(|key| Key::parse(key.trim())),
        }
    }

    /// The text of a top-level string member.
    pub fn member(&self, name: &str) -> Option<&str> {
        match &self.shape {
            Shape::Bare { .. } => None,
            Shape::Object { root, .. } => root.get(name).and_then(Value::as_str),
        }
    }

    /// Whether it can be stored with a new key in it, all keys being equally long.
    ///
    /// # Errors
    /// `TooLarge`, as [`SecretValue::with_key`] would say.
    pub fn check_size(&self) -> Result<(), Malformed> {
        self.with_key(&Key::listed("da2-aaaaaaaaaaaaaaaaaaaaaaaaaa"))
            .map(|_| ())
    }

    /// The same value with another key in it.
    ///
    /// # Errors
    /// `TooLarge` if Secrets Manager could not store it.
    pub fn with_key(&self, key: &Key) -> Result<Zeroizing<String>, Malformed> {
        let text = match &self.shape {
            Shape::Bare {
                ends_in_newline, ..
            } => {
                let newline = if *ends_in_newline { "\n" } else { "" };
                format!("{}{newline}", key.expose())
            }
            Shape::Object { root, pointer } => {
                let mut root = root.clone();
                if let Some(place) = root.pointer_mut(pointer) {
                    *place = Value::from(key.expose());
                }
                let text = root.to_string();
                erase(&mut root);
                text
            }
        };
        if text.len() > LARGEST {
            Err(Malformed::TooLarge(text.len()))
        } else {
            Ok(text.into())
        }
    }
}

fn bare(body: &str, ends_in_newline: bool, field: Option<&str>) -> Result<Shape, Malformed> {
    if serde_json::from_str::<IgnoredAny>(body).is_ok() {
        return Err(Malformed::NotObject);
    }
    // A random password is a placeholder; text with spaces or an open bracket is broken JSON.
    let opens_json = body.starts_with(['[', '"']);
    if field.is_some() || opens_json || body.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(Malformed::NotJson);
    }
    Ok(Shape::Bare {
        text: Zeroizing::new(body.to_owned()),
        ends_in_newline,
    })
}

fn object(body: &str, field: Option<&str>) -> Result<Shape, Malformed> {
    let mut duplicate = None;
    let mut reader = serde_json::Deserializer::from_str(body);
    // The parser's own words may quote the value: only the fact is kept.
    Unique(&mut duplicate)
        .deserialize(&mut reader)
        .map_err(|_| Malformed::NotJson)?;
    if let Some(name) = duplicate {
        return Err(Malformed::DuplicateMember(name));
    }
    if body.contains(RESERVED) {
        return Err(Malformed::NotJson);
    }
    let root: Value = serde_json::from_str(body).map_err(|_| Malformed::NotJson)?;
    let pointer = place(&root, field)?;
    Ok(Shape::Object { root, pointer })
}

fn place(root: &Value, field: Option<&str>) -> Result<String, Malformed> {
    let (name, pointer) = match field {
        Some(pointer) if pointer.starts_with('/') => (pointer, pointer.to_owned()),
        Some(name) => (name, member_pointer(name)),
        None if root.get(DEFAULT_FIELD).is_some() => (DEFAULT_FIELD, member_pointer(DEFAULT_FIELD)),
        None => return only_key_member(root),
    };
    match root.pointer(&pointer) {
        None => Err(Malformed::FieldMissing(name.to_owned())),
        Some(Value::String(_)) => Ok(pointer),
        Some(_) => Err(Malformed::FieldNotString(name.to_owned())),
    }
}

fn only_key_member(root: &Value) -> Result<String, Malformed> {
    let members = root.as_object().into_iter().flatten();
    let mut names = members
        .filter(|(_, value)| {
            value
                .as_str()
                .is_some_and(|text| is_key_shaped(text.trim()))
        })
        .map(|(name, _)| name.clone());
    let first = names
        .next()
        .ok_or_else(|| Malformed::FieldMissing(DEFAULT_FIELD.to_owned()))?;
    let others: Vec<String> = names.collect();
    if others.is_empty() {
        return Ok(member_pointer(&first));
    }
    Err(Malformed::FieldAmbiguous(
        std::iter::once(first).chain(others).collect(),
    ))
}

fn member_pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Walks JSON without keeping it and notes the first member name that occurs twice.
struct Unique<'a>(&'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.contains(&name) && self.0.is_none() {
                *self.0 = Some(name.clone());
            }
            seen.insert(name);
            map.next_value_seed(Unique(self.0))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Unique(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
