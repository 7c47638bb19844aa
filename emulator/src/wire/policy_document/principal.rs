//! Principals in the policies of resources.

use serde_json::Value;

use crate::state::policy::principal::is_account;
use crate::state::policy::{PrincipalPattern, Selection};

use super::malformed::Malformed;
use super::syntax::texts;

/// Reads the principals of a statement.
pub(super) fn principals(
    written: &Selection<&Value>,
) -> Result<Selection<PrincipalPattern>, Malformed> {
    let lists: Result<Vec<_>, _> = written.listed().iter().map(|it| listed(it)).collect();
    let list = lists?.concat();
    if list.is_empty() {
        return Err(invalid("AWS", ""));
    }
    Ok(match written {
        Selection::Only(_) => Selection::Only(list),
        Selection::AllBut(_) => Selection::AllBut(list),
    })
}

fn listed(value: &Value) -> Result<Vec<PrincipalPattern>, Malformed> {
    let kinds = match value {
        Value::String(text) if text == "*" => return Ok(vec![PrincipalPattern::Everyone]),
        Value::String(text) => return Err(invalid("AWS", text)),
        Value::Object(kinds) => kinds,
        _ => return Err(Malformed::Syntax),
    };
    let mut list = Vec::new();
    for (kind, names) in kinds {
        for name in texts(names)? {
            list.push(principal(kind, name)?);
        }
    }
    Ok(list)
}

fn principal(kind: &str, name: &str) -> Result<PrincipalPattern, Malformed> {
    match kind {
        "AWS" if name == "*" || is_account(name) || is_arn(name) => Ok(PrincipalPattern::aws(name)),
        "Service" if name.contains('.') => Ok(PrincipalPattern::Service(name.to_owned())),
        "Federated" | "CanonicalUser" => Ok(PrincipalPattern::Other(name.to_owned())),
        _ => Err(invalid(kind, name)),
    }
}

fn invalid(kind: &str, name: &str) -> Malformed {
    Malformed::InvalidPrincipal {
        kind: kind.to_uppercase(),
        name: name.to_owned(),
    }
}

/// A principal's ARN names an account, and has no wildcards [D].
fn is_arn(name: &str) -> bool {
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let is_named = |name: &str| !name.is_empty() && !name.contains(['*', '?']);
    match parts[..] {
        ["arn", _, "iam" | "sts", "", account, name] => is_account(account) && is_named(name),
        _ => false,
    }
}

/// The text of a policy in which principals have got other names: whoever was deleted is shown by
/// its id [U].
pub fn renamed(text: &str, name_of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = match &mut document["Statement"] {
        Value::Array(list) => list.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            if let Some(names) = statement.get_mut(element).and_then(|it| it.get_mut("AWS")) {
                rename(names, name_of);
            }
        }
    }
    Some(document.to_string())
}

fn rename(names: &mut Value, name_of: &dyn Fn(&str) -> Option<String>) {
    match names {
        Value::String(name) => {
            if let Some(other) = name_of(name) {
                *name = other;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|it| rename(it, name_of)),
        _ => {}
    }
}
