//! From the JSON text of a policy to the document that it means.
//!
//! IAM's own texts for what it refuses stand here, since they belong to the grammar [D, G].

use serde_json::{Map, Value};

use crate::state::policy::condition::{Condition, Operator};
use crate::state::policy::pattern::Pattern;
use crate::state::policy::principal::is_account;
use crate::state::policy::{Document, Effect, PrincipalPattern, Selection, Statement, Version};

/// What a policy is attached to, which decides on the elements that it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A user, a role or a session: no principals.
    Identity,
    /// A resource: principals.
    Resource,
    /// A role's trust policy: principals, but no resources.
    Trust,
}

/// Why a text is not a policy; the text is IAM's where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON.
    #[error("This policy contains invalid Json")]
    Json,
    /// JSON, but not of the grammar.
    #[error("Syntax errors in policy.")]
    Syntax,
    /// An unknown version.
    #[error("The policy must contain a valid version string")]
    Version,
    /// A Sid that is used twice.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    DuplicateSid,
    /// Principals in a policy of an identity.
    #[error("Policy document should not specify a principal.")]
    Principal,
    /// No principals in the policy of a resource.
    #[error("Missing required field Principal")]
    NoPrincipal,
    /// A principal that nobody can be.
    #[error("Invalid principal in policy")]
    InvalidPrincipal,
    /// No action.
    #[error("Policy statement must contain actions.")]
    NoAction,
    /// An action without a service.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
    /// No resource.
    #[error("Policy statement must contain resources.")]
    NoResource,
    /// A resource in a trust policy.
    #[error("Has prohibited field Resource")]
    Resource,
    /// A resource that is no ARN.
    #[error("Resource must be in ARN format or \"*\".")]
    NotArn,
    /// An operator that does not exist.
    #[error("Invalid Condition type")]
    Operator,
}

/// Reads a policy.
///
/// # Errors
/// Says which rule of the grammar the text breaks.
pub fn parse(text: &str, form: Form) -> Result<Document, Malformed> {
    let value: Value = serde_json::from_str(text).map_err(|_| Malformed::Json)?;
    let members = value.as_object().ok_or(Malformed::Syntax)?;
    check_members(members, &["Version", "Id", "Statement"])?;
    let version = match members.get("Version").map(Value::as_str) {
        Some(Some("2012-10-17")) => Version::V2012,
        None | Some(Some("2008-10-17")) => Version::V2008,
        Some(_) => return Err(Malformed::Version),
    };
    if members.get("Id").is_some_and(|id| !id.is_string()) {
        return Err(Malformed::Syntax);
    }
    let statements = one_or_many(members.get("Statement").ok_or(Malformed::Syntax)?);
    if statements.is_empty() {
        return Err(Malformed::Syntax);
    }
    let statements: Result<Vec<Statement>, Malformed> = statements
        .iter()
        .map(|it| statement(it, version, form))
        .collect();
    let statements = statements?;
    check_sids(&statements)?;
    Ok(Document {
        version,
        statements,
    })
}

fn check_members(members: &Map<String, Value>, known: &[&str]) -> Result<(), Malformed> {
    let is_known = |name: &String| known.contains(&name.as_str());
    if members.keys().all(is_known) {
        return Ok(());
    }
    Err(Malformed::Syntax)
}

fn check_sids(statements: &[Statement]) -> Result<(), Malformed> {
    let mut sids: Vec<&String> = statements.iter().filter_map(|it| it.sid.as_ref()).collect();
    sids.sort_unstable();
    if sids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Malformed::DuplicateSid);
    }
    Ok(())
}

/// A list, or one thing that may stand for a list of one.
fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        other => std::slice::from_ref(other),
    }
}

fn texts(value: &Value) -> Result<Vec<&str>, Malformed> {
    let text = |it: &'_ Value| it.as_str().map(str::len);
    if one_or_many(value).iter().any(|it| text(it).is_none()) {
        return Err(Malformed::Syntax);
    }
    Ok(one_or_many(value)
        .iter()
        .filter_map(Value::as_str)
        .collect())
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

fn statement(value: &Value, version: Version, form: Form) -> Result<Statement, Malformed> {
    let members = value.as_object().ok_or(Malformed::Syntax)?;
    check_members(members, &STATEMENT)?;
    let sid = match members.get("Sid") {
        None => None,
        Some(Value::String(sid)) => Some(sid.clone()).filter(|sid| !sid.is_empty()),
        Some(_) => return Err(Malformed::Syntax),
    };
    let effect = match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(Malformed::Syntax),
    };
    Ok(Statement {
        sid,
        effect,
        principals: principals(members, form)?,
        actions: actions(members, version)?,
        resources: resources(members, version, form)?,
        conditions: conditions(members.get("Condition"), version)?,
    })
}

/// An element or its opposite; both at once are refused.
fn selection<'v>(
    members: &'v Map<String, Value>,
    name: &str,
    opposite: &str,
) -> Result<Option<Selection<&'v Value>>, Malformed> {
    match (members.get(name), members.get(opposite)) {
        (Some(_), Some(_)) => Err(Malformed::Syntax),
        (Some(value), None) => Ok(Some(Selection::Only(vec![value]))),
        (None, Some(value)) => Ok(Some(Selection::AllBut(vec![value]))),
        (None, None) => Ok(None),
    }
}

fn patterns(
    selection: Selection<&Value>,
    version: Version,
    check: impl Fn(&str) -> Result<(), Malformed>,
) -> Result<Selection<Pattern>, Malformed> {
    let read = |values: Vec<&Value>| -> Result<Vec<Pattern>, Malformed> {
        let mut list = Vec::new();
        for value in values {
            for text in texts(value)? {
                check(text)?;
                list.push(Pattern::new(text, version));
            }
        }
        Ok(list)
    };
    match selection {
        Selection::Only(values) => Ok(Selection::Only(read(values)?)),
        Selection::AllBut(values) => Ok(Selection::AllBut(read(values)?)),
    }
}

fn actions(
    members: &Map<String, Value>,
    version: Version,
) -> Result<Selection<Pattern>, Malformed> {
    let found = selection(members, "Action", "NotAction")?.ok_or(Malformed::NoAction)?;
    let has_vendor = |text: &str| {
        let is_vendor = |vendor: &str| !vendor.is_empty();
        if text == "*"
            || text
                .split_once(':')
                .is_some_and(|(vendor, _)| is_vendor(vendor))
        {
            return Ok(());
        }
        Err(Malformed::NoVendor)
    };
    let actions = patterns(found, version, has_vendor)?;
    if actions.listed().is_empty() {
        return Err(Malformed::NoAction);
    }
    Ok(actions)
}

fn resources(
    members: &Map<String, Value>,
    version: Version,
    form: Form,
) -> Result<Option<Selection<Pattern>>, Malformed> {
    let found = selection(members, "Resource", "NotResource")?;
    let found = match (found, form) {
        (None, Form::Trust) => return Ok(None),
        (Some(_), Form::Trust) => return Err(Malformed::Resource),
        (None, Form::Identity | Form::Resource) => return Err(Malformed::NoResource),
        (Some(found), _) => found,
    };
    let is_arn = |text: &str| {
        if text == "*" || text.starts_with("arn:") || text.starts_with("${") {
            return Ok(());
        }
        Err(Malformed::NotArn)
    };
    let resources = patterns(found, version, is_arn)?;
    if resources.listed().is_empty() {
        return Err(Malformed::NoResource);
    }
    Ok(Some(resources))
}

fn principals(
    members: &Map<String, Value>,
    form: Form,
) -> Result<Option<Selection<PrincipalPattern>>, Malformed> {
    let read = |values: Vec<&Value>| -> Result<Vec<PrincipalPattern>, Malformed> {
        let lists: Result<Vec<_>, _> = values.into_iter().map(principal_list).collect();
        Ok(lists?.concat())
    };
    let found = selection(members, "Principal", "NotPrincipal")?;
    let principals = match (found, form) {
        (None, Form::Identity) => return Ok(None),
        (Some(_), Form::Identity) => return Err(Malformed::Principal),
        (None, Form::Resource | Form::Trust) => return Err(Malformed::NoPrincipal),
        (Some(Selection::Only(values)), _) => Selection::Only(read(values)?),
        (Some(Selection::AllBut(values)), _) => Selection::AllBut(read(values)?),
    };
    if principals.listed().is_empty() {
        return Err(Malformed::InvalidPrincipal);
    }
    Ok(Some(principals))
}

fn principal_list(value: &Value) -> Result<Vec<PrincipalPattern>, Malformed> {
    if value == "*" {
        return Ok(vec![PrincipalPattern::Everyone]);
    }
    let kinds = value.as_object().ok_or(Malformed::InvalidPrincipal)?;
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
        "AWS" if name == "*" || is_account(name) || is_principal_arn(name) => {
            Ok(PrincipalPattern::aws(name))
        }
        "Service" if name.contains('.') => Ok(PrincipalPattern::Service(name.to_owned())),
        "Federated" | "CanonicalUser" => Ok(PrincipalPattern::Other(name.to_owned())),
        _ => Err(Malformed::InvalidPrincipal),
    }
}

/// A principal's ARN names an account, and has no wildcards [D].
fn is_principal_arn(name: &str) -> bool {
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let is_named = |name: &str| !name.is_empty() && !name.contains(['*', '?']);
    match parts[..] {
        ["arn", _, "iam" | "sts", "", account, name] => is_account(account) && is_named(name),
        _ => false,
    }
}

fn conditions(value: Option<&Value>, version: Version) -> Result<Vec<Condition>, Malformed> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let mut conditions = Vec::new();
    for (name, keys) in value.as_object().ok_or(Malformed::Syntax)? {
        let operator = Operator::parse(name).ok_or(Malformed::Operator)?;
        for (key, values) in keys.as_object().ok_or(Malformed::Syntax)? {
            let values: Result<Vec<String>, _> = one_or_many(values).iter().map(scalar).collect();
            let patterns = values?.into_iter().map(|it| Pattern::new(it, version));
            conditions.push(Condition {
                operator,
                key: key.clone(),
                values: patterns.collect(),
            });
        }
    }
    Ok(conditions)
}

/// Numbers and truth values may stand without quotes [D].
fn scalar(value: &Value) -> Result<String, Malformed> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Malformed::Syntax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOW: &str = r#""Effect":"Allow","Action":"s3:*""#;

    fn refused(statement: &str, form: Form) -> Malformed {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#);
        parse(&text, form).unwrap_err()
    }

    #[test]
    fn each_rule_of_the_grammar_is_told_apart() {
        use Malformed as M;
        let whole = |text: &str| parse(text, Form::Identity).unwrap_err();
        assert_eq!(whole("{"), M::Json);
        assert_eq!(whole("[]"), M::Syntax);
        assert_eq!(whole(r#"{"Version":"2012-10-17"}"#), M::Syntax);
        assert_eq!(
            whole(r#"{"Version":"2012-10-18","Statement":[]}"#),
            M::Version
        );
        assert_eq!(whole(r#"{"Statement":[]}"#), M::Syntax);
        let identity = |text: &str| refused(text, Form::Identity);
        assert_eq!(identity(r#""Effect":"Permit""#), M::Syntax);
        assert_eq!(identity(r#""Effect":"Allow","Resource":"*""#), M::NoAction);
        assert_eq!(
            identity(r#""Effect":"Allow","Action":[],"Resource":"*""#),
            M::NoAction
        );
        assert_eq!(
            identity(r#""Effect":"Allow","Action":"Get","Resource":"*""#),
            M::NoVendor
        );
        assert_eq!(identity(ALLOW), M::NoResource);
        assert_eq!(
            identity(&format!(r#"{ALLOW},"Resource":"bucket""#)),
            M::NotArn
        );
        assert_eq!(identity(&format!(r#"{ALLOW},"Resource":1"#)), M::Syntax);
        assert_eq!(
            identity(&format!(r#"{ALLOW},"NotAction":"a:b","Resource":"*""#)),
            M::Syntax
        );
        assert_eq!(
            identity(&format!(r#"{ALLOW},"Resource":"*","Principal":"*""#)),
            M::Principal
        );
        assert_eq!(
            identity(&format!(r#"{ALLOW},"Resource":"*","Extra":"*""#)),
            M::Syntax
        );
        let condition = format!(r#"{ALLOW},"Resource":"*","Condition":{{"StringIs":{{}}}}"#);
        assert_eq!(identity(&condition), M::Operator);
        let twice =
            format!(r#"{ALLOW},"Resource":"*","Sid":"a"}},{{{ALLOW},"Resource":"*","Sid":"a""#);
        assert_eq!(identity(&twice), M::DuplicateSid);
    }

    #[test]
    fn a_resources_policy_names_principals_that_can_be() {
        use Malformed as M;
        let resource = format!(r#"{ALLOW},"Resource":"*""#);
        assert_eq!(refused(&resource, Form::Resource), M::NoPrincipal);
        for bad in [
            r#""someone""#,
            r#"{"AWS":"someone"}"#,
            r#"{"AWS":"arn:aws:iam::123:user/x"}"#,
            r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
            r#"{"Service":"lambda"}"#,
            r#"{"Team":"x"}"#,
            r#"{"AWS":[]}"#,
        ] {
            let text = format!(r#"{resource},"Principal":{bad}"#);
            assert_eq!(refused(&text, Form::Resource), M::InvalidPrincipal, "{bad}");
        }
        let trust = format!(r#"{resource},"Principal":"*""#);
        assert_eq!(refused(&trust, Form::Trust), M::Resource);
    }

    #[test]
    fn one_statement_may_stand_without_a_list_and_values_without_quotes() {
        let text = r#"{"Statement":{"Effect":"Deny","NotAction":"a:*","NotResource":["*"],
            "Condition":{"NumericLessThanIfExists":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":[false]}}}}"#;
        let document = parse(text, Form::Identity).unwrap();
        assert_eq!(document.version, Version::V2008);
        let [statement] = &document.statements[..] else {
            panic!()
        };
        assert_eq!(statement.conditions.len(), 2);
        assert!(matches!(statement.actions, Selection::AllBut(_)));
    }
}
