//! The shape of a policy: which members there are, and of which types.

use serde_json::{Map, Value};

use crate::state::policy::condition::Operator;
use crate::state::policy::{Effect, Selection, Version};

use super::malformed::Malformed;

/// A policy whose shape is right.
pub(super) struct Draft<'v> {
    pub(super) version: Version,
    pub(super) statements: Vec<Part<'v>>,
}

/// A statement whose shape is right.
pub(super) struct Part<'v> {
    pub(super) sid: Option<&'v str>,
    pub(super) effect: Effect,
    /// Is the effect written as it must be?
    pub(super) is_exact: bool,
    pub(super) principals: Option<Selection<&'v Value>>,
    pub(super) actions: Option<Selection<&'v str>>,
    pub(super) resources: Option<Selection<&'v str>>,
    pub(super) conditions: Vec<Comparison<'v>>,
}

/// An operator, a key, and the values to compare with.
pub(super) struct Comparison<'v> {
    pub(super) operator: Operator,
    pub(super) key: &'v str,
    pub(super) values: Vec<String>,
}

type Members = Map<String, Value>;

/// Reads the shape of a policy.
pub(super) fn draft(value: &Value) -> Result<Draft<'_>, Malformed> {
    let members = value.as_object().ok_or(Malformed::Syntax)?;
    check_members(members, &["Version", "Id", "Statement"])?;
    let version = match members.get("Version").map(Value::as_str) {
        Some(Some("2012-10-17")) => Version::V2012,
        None | Some(Some("2008-10-17")) => Version::V2008,
        Some(_) => return Err(Malformed::Syntax),
    };
    text(members, "Id")?;
    let statements = one_or_many(members.get("Statement").ok_or(Malformed::Syntax)?);
    if statements.is_empty() {
        return Err(Malformed::Syntax);
    }
    let statements: Result<Vec<Part<'_>>, Malformed> = statements.iter().map(part).collect();
    Ok(Draft {
        version,
        statements: statements?,
    })
}

fn check_members(members: &Members, known: &[&str]) -> Result<(), Malformed> {
    let is_known = |name: &String| known.contains(&name.as_str());
    if members.keys().all(is_known) {
        return Ok(());
    }
    Err(Malformed::Syntax)
}

fn text<'v>(members: &'v Members, name: &str) -> Result<Option<&'v str>, Malformed> {
    let Some(value) = members.get(name) else {
        return Ok(None);
    };
    value.as_str().map(Some).ok_or(Malformed::Syntax)
}

/// A list, or one thing that may stand for a list of one.
fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        other => std::slice::from_ref(other),
    }
}

const STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

fn part(value: &Value) -> Result<Part<'_>, Malformed> {
    let members = value.as_object().ok_or(Malformed::Syntax)?;
    check_members(members, &STATEMENT)?;
    let written = text(members, "Effect")?.ok_or(Malformed::Syntax)?;
    let effect = match written {
        _ if written.eq_ignore_ascii_case("Allow") => Effect::Allow,
        _ if written.eq_ignore_ascii_case("Deny") => Effect::Deny,
        _ => return Err(Malformed::Syntax),
    };
    Ok(Part {
        sid: text(members, "Sid")?.filter(|sid| !sid.is_empty()),
        effect,
        is_exact: ["Allow", "Deny"].contains(&written),
        principals: either(members, "Principal", "NotPrincipal", |it| Ok(vec![it]))?,
        actions: either(members, "Action", "NotAction", texts)?,
        resources: either(members, "Resource", "NotResource", texts)?,
        conditions: conditions(members.get("Condition"))?,
    })
}

/// An element or its opposite; both at once are refused.
fn either<'v, T>(
    members: &'v Members,
    name: &str,
    opposite: &str,
    read: impl Fn(&'v Value) -> Result<Vec<T>, Malformed>,
) -> Result<Option<Selection<T>>, Malformed> {
    match (members.get(name), members.get(opposite)) {
        (Some(_), Some(_)) => Err(Malformed::Syntax),
        (Some(value), None) => Ok(Some(Selection::Only(read(value)?))),
        (None, Some(value)) => Ok(Some(Selection::AllBut(read(value)?))),
        (None, None) => Ok(None),
    }
}

/// One text or several; a null among them counts as none [R].
pub(super) fn texts(value: &Value) -> Result<Vec<&str>, Malformed> {
    let listed = match value {
        Value::Array(list) => list.iter().filter(|it| !it.is_null()).collect(),
        other => vec![other],
    };
    let text = |it: &'_ Value| it.as_str().map(str::len);
    if listed.iter().any(|it| text(it).is_none()) {
        return Err(Malformed::Syntax);
    }
    Ok(listed.into_iter().filter_map(Value::as_str).collect())
}

/// An operator that does not exist may stand there as long as it compares nothing [R].
fn conditions(value: Option<&Value>) -> Result<Vec<Comparison<'_>>, Malformed> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let mut conditions = Vec::new();
    for (name, keys) in value.as_object().ok_or(Malformed::Syntax)? {
        for (key, values) in keys.as_object().ok_or(Malformed::Syntax)? {
            let values: Result<Vec<String>, _> = one_or_many(values).iter().map(scalar).collect();
            conditions.push(Comparison {
                operator: Operator::parse(name).ok_or(Malformed::Syntax)?,
                key,
                values: values?,
            });
        }
    }
    Ok(conditions)
}

/// Numbers and truth values may stand without quotes [R][D].
fn scalar(value: &Value) -> Result<String, Malformed> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Malformed::Syntax),
    }
}
