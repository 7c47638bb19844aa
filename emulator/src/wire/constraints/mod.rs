//! The constraints of a service's inputs, as data: a table derived from its model by
//! `constraints/derive.py`, and the one place that holds a request against it.
//!
//! In reading order: [`table`] (the data) · [`manner`] (how a service tells what is wrong) · `path`
//! (where it is). Types are looked at first, since a wrong one makes the body unreadable; then every
//! violation is collected, in the order of the model's members.

pub mod manner;
mod path;
pub mod table;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error_code::RequestError;
use super::service::Service;
use super::validate::{Violations, between};

use manner::Manner;
use path::Path;
use table::{Kind, Member, Shape, Table};

/// The constraints of a service, and its manner of telling them.
#[derive(Debug)]
pub struct Constraints {
    /// What the model says.
    pub table: Table,
    manner: Manner,
}

/// The constraints of a service whose table is looked at.
pub fn of(service: Service) -> Option<&'static Constraints> {
    match service {
        Service::SecretsManager => Some(&SECRETS_MANAGER),
        Service::Iam => Some(&IAM),
        Service::Sts => Some(&STS),
        _ => None,
    }
}

static SECRETS_MANAGER: LazyLock<Constraints> = LazyLock::new(|| {
    let text = include_str!("../../../constraints/secretsmanager.json");
    Constraints::new(text, manner::SECRETS_MANAGER)
});

static IAM: LazyLock<Constraints> = LazyLock::new(|| {
    let text = include_str!("../../../constraints/iam.json");
    Constraints::new(text, manner::IAM)
});

static STS: LazyLock<Constraints> = LazyLock::new(|| {
    let text = include_str!("../../../constraints/sts.json");
    Constraints::new(text, manner::STS)
});

/// What was found wrong so far, and how it is told.
struct Check<'a> {
    manner: &'a Manner,
    violations: Violations,
}

impl Constraints {
    fn new(text: &str, manner: Manner) -> Self {
        let table = serde_json::from_str(text);
        Self {
            table: table.expect("the table is derived from the model and tested"),
            manner,
        }
    }

    /// Holds a request against the table. An operation that the table lacks has no constraints.
    ///
    /// # Errors
    /// A member has another type than the model gives it.
    pub fn check(
        &self,
        operation: &str,
        request: &Map<String, Value>,
    ) -> Result<Violations, RequestError> {
        let mut check = Check {
            manner: &self.manner,
            violations: Violations::default(),
        };
        if let Some(members) = self.table.operations.get(operation) {
            check.members(members, request, &Path::Top)?;
        }
        Ok(check.violations)
    }
}

impl Check<'_> {
    fn members(
        &mut self,
        members: &[Member],
        values: &Map<String, Value>,
        path: &Path<'_>,
    ) -> Result<(), RequestError> {
        for member in members {
            let path_of_member = Path::Member(path, &member.name);
            match values.get(&member.name) {
                None | Some(Value::Null) => {
                    let in_list = path.list().unwrap_or_default();
                    if member.required || self.manner.also_requires(in_list, &member.name) {
                        self.add("null", &path_of_member, "not be null");
                    }
                }
                Some(value) => self.value(&member.shape, value, &path_of_member)?,
            }
        }
        Ok(())
    }

    fn value(&mut self, shape: &Shape, value: &Value, path: &Path<'_>) -> Result<(), RequestError> {
        let wrong_type = || RequestError::BadJson {
            at: format!("member {}", path.in_json()),
        };
        let value = self
            .manner
            .typed(shape.kind, value)
            .ok_or_else(wrong_type)?;
        match (shape.kind, &*value) {
            (Kind::String, Value::String(text)) => self.text(shape, text, path),
            (Kind::Blob, Value::String(text)) => {
                let bytes = STANDARD.decode(text).map_err(|_| wrong_type())?;
                self.size(shape, bytes.len(), &"", path);
            }
            (Kind::Integer, Value::Number(number)) => {
                self.number(shape, number.as_i64().ok_or_else(wrong_type)?, path);
            }
            (Kind::Boolean, Value::Bool(_)) | (Kind::Number, Value::Number(_)) => {}
            (Kind::List, Value::Array(items)) => self.items(shape, items, path)?,
            (Kind::Map, Value::Object(values)) => self.entries(shape, values, path)?,
            (Kind::Structure, Value::Object(values)) => {
                self.members(shape.members.as_deref().unwrap_or_default(), values, path)?;
            }
            _ => return Err(wrong_type()),
        }
        Ok(())
    }

    fn items(
        &mut self,
        shape: &Shape,
        items: &[Value],
        path: &Path<'_>,
    ) -> Result<(), RequestError> {
        self.size(shape, items.len(), &ShownList(items), path);
        let Some(of_items) = shape.item.as_deref() else {
            return Ok(());
        };
        let before = self.violations.clone();
        for (index, item) in items.iter().enumerate() {
            self.value(of_items, item, &Path::Item(path, index))?;
        }
        if self.manner.tells_items_at_list
            && of_items.kind == Kind::String
            && self.violations != before
        {
            self.violations = before;
            self.add(ShownList(items).quoted(), path, of_items.rules());
        }
        Ok(())
    }

    fn entries(
        &mut self,
        shape: &Shape,
        values: &Map<String, Value>,
        path: &Path<'_>,
    ) -> Result<(), RequestError> {
        let shown = Value::Object(values.clone()).to_string();
        self.size(shape, values.len(), &shown, path);
        for (key, value) in values {
            if let Some(of_keys) = &shape.key {
                self.text(of_keys, key, &Path::Key(path, key));
            }
            if let Some(of_values) = &shape.value {
                self.value(of_values, value, &Path::Value(path, key))?;
            }
        }
        Ok(())
    }

    fn number(&mut self, shape: &Shape, number: i64, path: &Path<'_>) {
        let (min, max) = (shape.min.unwrap_or(i64::MIN), shape.max.unwrap_or(i64::MAX));
        if between(min, max).is_broken_by(number) {
            let (relation, bound) = if number < min {
                ("greater", min)
            } else {
                ("less", max)
            };
            let rule = format_args!("have value {relation} than or equal to {bound}");
            self.add(format_args!("'{number}'"), path, rule);
        }
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &Path<'_>) {
        // What is stored is bounded in bytes [D], everything else in characters.
        let size = if shape.sensitive {
            text.len()
        } else {
            text.chars().count()
        };
        self.size(shape, size, &text, path);
        if let Some(words) = &shape.r#enum
            && !words.iter().any(|word| word == text)
        {
            let rule = format!("satisfy enum value set: [{}]", words.join(", "));
            self.add(format_args!("'{text}'"), path, rule);
        }
        let pattern = shape.pattern.as_ref();
        let Some(pattern) = pattern.filter(|pattern| !pattern.whole.is_match(text)) else {
            return;
        };
        match self.manner.own_words(path) {
            Some(words) => self.violations.add_in_own_words(words),
            None => {
                let rule = format!("satisfy regular expression pattern: {}", pattern.text);
                self.add(shown(shape, &text), path, rule);
            }
        }
    }

    fn size(&mut self, shape: &Shape, size: usize, value: &dyn fmt::Display, path: &Path<'_>) {
        let may_be_empty = self.manner.may_be_empty(path);
        let min = shape.min.filter(|_| !may_be_empty).unwrap_or(0);
        let max = shape.max.unwrap_or(i64::MAX);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let rule = match size {
            size if size < min => format!("have length greater than or equal to {min}"),
            size if size > max => format!("have length less than or equal to {max}"),
            _ => return,
        };
        self.add(shown(shape, value), path, rule);
    }

    fn add(&mut self, shown: impl fmt::Display, path: &Path<'_>, rule: impl fmt::Display) {
        let path = path.to_string();
        if self.manner.shows_values {
            self.violations.add(shown, &path, rule);
        } else {
            self.violations.add_unshown(&path, rule);
        }
    }
}

/// A value in quotes, or a mask for one that may be a secret [?].
fn shown(shape: &Shape, value: &dyn fmt::Display) -> Cow<'static, str> {
    if shape.sensitive {
        return Cow::Borrowed("'***sensitive value***'");
    }
    Cow::Owned(format!("'{value}'"))
}

/// A list as Java prints one.
struct ShownList<'a>(&'a [Value]);

impl ShownList<'_> {
    fn quoted(&self) -> String {
        format!("'{self}'")
    }
}

impl fmt::Display for ShownList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let item = |item: &Value| {
            item.as_str()
                .map_or_else(|| item.to_string(), str::to_owned)
        };
        let items: Vec<String> = self.0.iter().map(item).collect();
        write!(f, "[{}]", items.join(", "))
    }
}

#[cfg(test)]
mod tests;
