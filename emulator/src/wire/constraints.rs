//! The constraints of a service's inputs, as data: a table derived from its model by
//! `constraints/derive.py`, and the one place that holds a request against it.
//!
//! Types are looked at first, since a wrong one makes the body unreadable; then every violation is
//! collected, in the order of the model's members.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error_code::RequestError;
use super::validate::{Violations, between};

/// The constraints of Secrets Manager.
pub static SECRETS_MANAGER: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!("../../constraints/secretsmanager.json");
    serde_json::from_str(text).expect("the table is derived from the model and tested")
});

/// Members of structures that the model does not call required though nothing works without
/// them; AWS is said to refuse them in the same words [G].
const ALSO_REQUIRED: [(&str, &str); 4] = [
    ("Filters", "Key"),
    ("Filters", "Values"),
    ("Tags", "Key"),
    ("AddReplicaRegions", "Region"),
];
/// An empty one is refused in words of its own or counts as none, whatever the model's minimum
/// says [U].
const MAY_BE_EMPTY: &str = "SecretString";

/// The constraints of all inputs of a service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it was derived from.
    pub source: String,
    operations: BTreeMap<String, Vec<Member>>,
}

#[derive(Debug, Deserialize)]
struct Member {
    name: String,
    #[serde(default)]
    required: bool,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: Kind,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<Pattern>,
    r#enum: Option<Vec<String>>,
    #[serde(default)]
    sensitive: bool,
    item: Option<Box<Shape>>,
    members: Option<Vec<Member>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Blob,
    Integer,
    Boolean,
    List,
    Structure,
}

/// A pattern holds for a whole text.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Pattern {
    text: String,
    whole: Regex,
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let whole = Regex::new(&format!("^(?:{text})$"))?;
        Ok(Self { text, whole })
    }
}

/// Where a member stands in a request, from the inside out.
#[derive(Clone, Copy)]
enum Path<'a> {
    Top,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

/// As the generic wording has it: `filters.1.member.key`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Top => Ok(()),
            Path::Item(list, index) => write!(f, "{list}.{}.member", index + 1),
            Path::Member(parent, name) => {
                if !matches!(parent, Path::Top) {
                    write!(f, "{parent}.")?;
                }
                let (first, rest) = name.split_at(name.len().min(1));
                write!(f, "{}{rest}", first.to_ascii_lowercase())
            }
        }
    }
}

impl Path<'_> {
    /// As a reader of JSON would write it: `Filters[0].Key`.
    fn in_json(&self) -> String {
        match self {
            Path::Top => String::new(),
            Path::Item(list, index) => format!("{}[{index}]", list.in_json()),
            Path::Member(Path::Top, name) => (*name).to_owned(),
            Path::Member(parent, name) => format!("{}.{name}", parent.in_json()),
        }
    }

    /// The list that the structure here is an item of.
    fn list(&self) -> Option<&str> {
        match self {
            Path::Item(Path::Member(_, name), _) => Some(name),
            _ => None,
        }
    }
}

impl Table {
    /// Holds a request against the table. An operation that the table lacks has no constraints.
    ///
    /// # Errors
    /// A member has another type than the model gives it.
    pub fn check(
        &self,
        operation: &str,
        request: &Map<String, Value>,
    ) -> Result<Violations, RequestError> {
        let mut violations = Violations::default();
        if let Some(members) = self.operations.get(operation) {
            check_members(members, request, &Path::Top, &mut violations)?;
        }
        Ok(violations)
    }

    /// The names of the operations that the table knows.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }
}

fn check_members(
    members: &[Member],
    values: &Map<String, Value>,
    path: &Path<'_>,
    violations: &mut Violations,
) -> Result<(), RequestError> {
    for member in members {
        let path_of_member = Path::Member(path, &member.name);
        match values.get(&member.name) {
            None | Some(Value::Null) => {
                let in_list = path.list().unwrap_or_default();
                if member.required || ALSO_REQUIRED.contains(&(in_list, &member.name)) {
                    violations.add("null", &path_of_member.to_string(), "not be null");
                }
            }
            Some(value) => check_value(&member.shape, value, &path_of_member, violations)?,
        }
    }
    Ok(())
}

fn check_value(
    shape: &Shape,
    value: &Value,
    path: &Path<'_>,
    violations: &mut Violations,
) -> Result<(), RequestError> {
    let wrong_type = || RequestError::BadJson {
        at: format!("member {}", path.in_json()),
    };
    match (shape.kind, value) {
        (Kind::String, Value::String(text)) => check_text(shape, text, path, violations),
        (Kind::Blob, Value::String(text)) => {
            let bytes = STANDARD.decode(text).map_err(|_| wrong_type())?;
            check_size(shape, bytes.len(), &"", path, violations);
        }
        (Kind::Integer, Value::Number(number)) => {
            let number = number.as_i64().ok_or_else(wrong_type)?;
            let bounds = between(shape.min.unwrap_or(i64::MIN), shape.max.unwrap_or(i64::MAX));
            if bounds.is_broken_by(number) {
                violations.number(&path.to_string(), Some(number), bounds);
            }
        }
        (Kind::Boolean, Value::Bool(_)) => {}
        (Kind::List, Value::Array(items)) => {
            check_size(shape, items.len(), &ShownList(items), path, violations);
            for (index, item) in items.iter().enumerate() {
                if let Some(of_items) = &shape.item {
                    check_value(of_items, item, &Path::Item(path, index), violations)?;
                }
            }
        }
        (Kind::Structure, Value::Object(values)) => {
            let members = shape.members.as_deref().unwrap_or_default();
            check_members(members, values, path, violations)?;
        }
        _ => return Err(wrong_type()),
    }
    Ok(())
}

fn check_text(shape: &Shape, text: &str, path: &Path<'_>, violations: &mut Violations) {
    // What is stored is bounded in bytes [D], everything else in characters.
    let size = if shape.sensitive {
        text.len()
    } else {
        text.chars().count()
    };
    check_size(shape, size, &text, path, violations);
    if let Some(words) = &shape.r#enum {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if !words.contains(&text) {
            violations.one_of(&path.to_string(), Some(&text.to_owned()), &words);
        }
    }
    if let Some(Pattern {
        text: pattern,
        whole,
    }) = &shape.pattern
        && !whole.is_match(text)
    {
        let rule = format_args!("satisfy regular expression pattern: {pattern}");
        violations.add(shown(shape, &text), &path.to_string(), rule);
    }
}

fn check_size(
    shape: &Shape,
    size: usize,
    value: &dyn fmt::Display,
    path: &Path<'_>,
    violations: &mut Violations,
) {
    let may_be_empty = matches!(path, Path::Member(Path::Top, name) if *name == MAY_BE_EMPTY);
    let min = shape.min.filter(|_| !may_be_empty).unwrap_or(0);
    let max = shape.max.unwrap_or(i64::MAX);
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let rule = match size {
        size if size < min => format!("have length greater than or equal to {min}"),
        size if size > max => format!("have length less than or equal to {max}"),
        _ => return,
    };
    violations.add(shown(shape, value), &path.to_string(), rule);
}

/// A value in quotes, or a mask for one that may be a secret [?].
fn shown(shape: &Shape, value: &dyn fmt::Display) -> String {
    if shape.sensitive {
        return "'***sensitive value***'".to_owned();
    }
    format!("'{value}'")
}

/// A list as Java prints one.
struct ShownList<'a>(&'a [Value]);

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
mod tests {
    use super::*;
    use serde_json::json;

    fn check(operation: &str, request: Value) -> Result<Violations, RequestError> {
        let Value::Object(request) = request else {
            panic!("an object")
        };
        SECRETS_MANAGER.check(operation, &request)
    }

    fn told(operation: &str, request: Value) -> String {
        check(operation, request).unwrap().to_string()
    }

    #[test]
    fn the_table_holds_every_operation_of_the_model() {
        assert_eq!(SECRETS_MANAGER.operations().count(), 26);
        assert!(SECRETS_MANAGER.source.starts_with("botocore"));
    }

    #[test]
    fn a_violation_inside_a_list_is_told_by_its_place() {
        let filters = json!([{"Key": "name", "Values": ["ok"]}, {"Key": "nam", "Values": ["ü"]}]);
        let told = told("ListSecrets", json!({ "Filters": filters }));
        assert!(
            told.starts_with("2 validation errors detected: Value 'nam' at 'filters.2.member.key'"),
            "{told}"
        );
        assert!(
            told.contains("enum value set: [description, name, "),
            "{told}"
        );
        assert!(
            told.contains("'filters.2.member.values.1.member'"),
            "{told}"
        );
    }

    #[test]
    fn nulls_are_absent_and_what_is_needed_is_missed() {
        let told = told(
            "CreateSecret",
            json!({"Name": null, "Tags": [{"Value": "x"}], "Description": null}),
        );
        assert_eq!(
            told,
            "2 validation errors detected: Value null at 'name' failed to satisfy constraint: \
             Member must not be null; Value null at 'tags.1.member.key' failed to satisfy \
             constraint: Member must not be null"
        );
    }

    #[test]
    fn a_wrong_type_is_told_before_any_violation() {
        for (request, at) in [
            (json!({"Name": 1}), "member Name"),
            (
                json!({"Name": "", "Tags": [{"Key": "k", "Value": true}]}),
                "member Tags[0].Value",
            ),
            (
                json!({"Name": "n", "SecretBinary": "%"}),
                "member SecretBinary",
            ),
            (json!({"Name": "n", "Tags": {}}), "member Tags"),
        ] {
            let Err(RequestError::BadJson { at: told }) = check("CreateSecret", request) else {
                panic!("{at}")
            };
            assert_eq!(told, at);
        }
    }

    #[test]
    fn no_sensitive_value_is_repeated() {
        let told = told(
            "CreateSecret",
            json!({"Name": "n", "SecretString": "hunter2".repeat(10_000)}),
        );
        assert!(told.contains("***") && !told.contains("hunter2"));
    }
}
