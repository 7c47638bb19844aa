//! From bytes to a typed input.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::error_code::RequestError;

/// The body of a request, and the members that its path and query carry.
#[derive(Default)]
pub struct Payload<'a> {
    /// The body.
    pub body: &'a [u8],
    /// Members bound to the path, the query or the fields of a form, with the types that the model gives them.
    pub bound: Vec<(Cow<'static, str>, Value)>,
    /// All members without their types, once somebody has asked for them.
    members: OnceCell<Map<String, Value>>,
    /// The typed input, once it was checked.
    input: Cell<Option<Box<dyn Any + Send>>>,
}

impl<'a> Payload<'a> {
    /// A body and the members that go with it.
    pub fn new(body: &'a [u8], bound: Vec<(Cow<'static, str>, Value)>) -> Self {
        Self {
            body,
            bound,
            members: OnceCell::new(),
            input: Cell::default(),
        }
    }

    /// Keeps the typed input for whoever carries the call out.
    pub fn keep<T: Any + Send>(&self, input: T) {
        self.input.set(Some(Box::new(input)));
    }

    /// The typed input, if it was kept and nobody has taken it.
    pub fn take<T: Any>(&self) -> Option<T> {
        let input = self.input.take()?.downcast().ok()?;
        Some(*input)
    }
}

impl Payload<'_> {
    /// Decodes the input of an operation. Unknown members are ignored [R]; an empty body is an
    /// empty object.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] names the member or the place, never a value: it may be a secret.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, RequestError> {
        let body = if self.body.is_empty() {
            b"{}"
        } else {
            self.body
        };
        if body.trim_ascii_start().first() != Some(&b'{') {
            // Derived decoders would take an array for a struct.
            return Err(RequestError::BadJson {
                at: "a JSON object is expected".to_owned(),
            });
        }
        if self.bound.is_empty() {
            return serde_json::from_slice(body).map_err(|_| explain::<T>(body));
        }
        let mut members: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| explain::<Map<String, Value>>(body))?;
        for (name, value) in &self.bound {
            members.insert(name.to_string(), value.clone());
        }
        serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| bad_member(&error))
    }
}

impl Payload<'_> {
    /// The members of a body, before they have types. They are decoded once.
    ///
    /// # Errors
    /// The body is no JSON object; the error tells the place.
    pub fn members(&self) -> Result<&Map<String, Value>, RequestError> {
        if let Some(members) = self.members.get() {
            return Ok(members);
        }
        let members = self.decode()?;
        Ok(self.members.get_or_init(|| members))
    }
}

/// The typed input of members that have the model's types.
///
/// # Errors
/// As [`Payload::decode`].
pub fn typed<T: DeserializeOwned>(members: &Map<String, Value>) -> Result<T, RequestError> {
    // Without the path of each member at first, since only failures need it.
    T::deserialize(members).or_else(|_| {
        let members = Value::Object(members.clone());
        serde_path_to_error::deserialize(members).map_err(|error| bad_member(&error))
    })
}

/// Decodes once more, now with the path of the member, since only failures need it.
fn explain<T: DeserializeOwned>(body: &[u8]) -> RequestError {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) if error.inner().is_data() => bad_member(&error),
        Err(error) => {
            let (line, column) = (error.inner().line(), error.inner().column());
            RequestError::BadJson {
                at: format!("line {line}, column {column}"),
            }
        }
        Ok(_) => RequestError::BadJson {
            at: "text after the end of the object".to_owned(),
        },
    }
}

fn bad_member<E>(error: &serde_path_to_error::Error<E>) -> RequestError {
    let path = error.path().to_string();
    let at = if path == "." {
        "the top level".to_owned()
    } else {
        format!("member {path}")
    };
    RequestError::BadJson { at }
}

/// A member that the model requires. It decodes even where it is absent, so that all violations
/// of a request can be reported together, as AWS does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required<T> {
    value: T,
    is_present: bool,
}

impl<T> Required<T> {
    /// Was the member sent, and not null?
    pub fn is_present(&self) -> bool {
        self.is_present
    }

    /// The member; its type's empty value if it was absent.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Required<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Required<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(Self {
            is_present: value.is_some(),
            value: value.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Sample {
        #[serde(default)]
        name: Required<String>,
        #[serde(default)]
        count: Option<i64>,
    }

    fn decode(body: &str) -> Result<Sample, RequestError> {
        Payload::new(body.as_bytes(), vec![]).decode()
    }

    #[test]
    fn unknown_members_are_ignored_and_nulls_are_absent() {
        let sample = decode(r#"{"Name":null,"Other":[1],"Count":3}"#).unwrap();
        assert!(!sample.name.is_present());
        assert_eq!(sample.count, Some(3));
    }

    #[test]
    fn a_wrong_type_is_told_by_its_member_and_never_by_its_value() {
        let Err(RequestError::BadJson { at }) = decode(r#"{"Count":"hunter2"}"#) else {
            panic!()
        };
        assert_eq!(at, "member Count");
    }

    #[test]
    fn broken_text_is_told_by_its_place() {
        for (body, at) in [
            ("{", "line 1, column 1"),
            ("[]", "a JSON object is expected"),
            ("{}x", "text after the end of the object"),
        ] {
            let Err(RequestError::BadJson { at: told }) = decode(body) else {
                panic!("{body}")
            };
            assert_eq!(told, at, "{body}");
        }
    }

    #[test]
    fn path_members_join_the_body() {
        let payload = Payload::new(br#"{"Count":1}"#, vec![("Name".into(), "n".into())]);
        let sample: Sample = payload.decode().unwrap();
        assert_eq!(sample.name.as_str(), "n");
        assert_eq!(sample.count, Some(1));
    }
}
