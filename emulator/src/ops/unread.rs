//! Members of a model's input that the operation here does not read. A request with one of them is
//! refused by its name (501): a member that is dropped in silence makes a permission grant more
//! than it says, or a function log somewhere else.
//!
//! Nobody keeps a list of them. The input's type is asked once for each member of the model: a
//! value that no type takes is an error where the member is read, and passes where it is not.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::wire::error_code::RequestError;
use crate::wire::model::{MODELS, Member};
use crate::wire::request::Request;
use crate::wire::service::Service;

use super::{Binding, QueryMember, Row};

/// Members by service and operation.
type Unread = BTreeMap<(Service, &'static str), OnceLock<Vec<Member>>>;

/// The members of each operation that it does not read, once somebody has asked.
static UNREAD: LazyLock<Unread> = LazyLock::new(|| {
    let key = |row: &Row| ((row.service, row.name), OnceLock::new());
    super::rows().map(key).collect()
});

/// The members of the model that an operation does not read.
pub fn unread(row: &Row) -> &'static [Member] {
    let Some(cell) = UNREAD.get(&(row.service, row.name)) else {
        return &[];
    };
    cell.get_or_init(|| {
        let model = MODELS.of(row.service);
        let modelled = model.and_then(|model| model.operations.get(row.name));
        let members = modelled.iter().flat_map(|modelled| &modelled.members);
        members
            .filter(|member| !is_read(row, member))
            .cloned()
            .collect()
    })
}

fn is_read(row: &Row, member: &Member) -> bool {
    let Binding::Rest { query, headers, .. } = row.binding else {
        return match member {
            Member::Body(path) => (row.reads)(&json!({}), path),
            Member::Query(_) | Member::Header(_) => false,
        };
    };
    match member {
        Member::Body(path) => (row.reads)(&always_given(row), path),
        Member::Header(name) => headers.iter().any(|it| it.eq_ignore_ascii_case(name)),
        Member::Query(name) => {
            query.iter().any(|it| name_of(it) == name) && (row.reads)(&always_given(row), name)
        }
    }
}

fn name_of(member: &QueryMember) -> &'static str {
    match member {
        QueryMember::Text(name)
        | QueryMember::Integer(name)
        | QueryMember::Boolean(name)
        | QueryMember::List(name) => name,
    }
}

/// What an input is never without: the members in the operation's path, and lists in its query.
fn always_given(row: &Row) -> Value {
    let Binding::Rest { path, query, .. } = row.binding else {
        return json!({});
    };
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{'));
    let in_path = in_path.map(|name| (name.trim_end_matches('}'), json!("x")));
    let lists = query.iter().filter_map(|member| match member {
        QueryMember::List(name) => Some((*name, json!([]))),
        _ => None,
    });
    let members = in_path.chain(lists);
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Value::Object(Map::from_iter(members))
}

/// No structure has a member of this name.
const OF_NO_MODEL: &str = "NoMemberOfAnyModel";

/// No input has a member of this type.
const OF_NO_TYPE: f64 = 0.5;

/// Does an input of this type read the member at this path? If it does, the value is told to be
/// wrong; else the input is what it is with a member that nobody knows: whole, or without something
/// beside the member that must be there.
pub(super) fn reads<T: DeserializeOwned>(given: &Value, path: &str) -> bool {
    let wrong = |path: &str| {
        let probe = path
            .rsplit('.')
            .fold(json!(OF_NO_TYPE), |inner, part| nested(part, inner));
        let decoded = T::deserialize(joined(given, probe));
        decoded.err().map(|error| error.to_string())
    };
    let unknown = match path.rsplit_once('.') {
        Some((outer, _)) => format!("{outer}.{OF_NO_MODEL}"),
        None => OF_NO_MODEL.to_owned(),
    };
    wrong(path) != wrong(&unknown)
}

fn joined(given: &Value, more: Value) -> Value {
    let mut input = given.clone();
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    input
}

/// `Key[]` is a list of what is inside, `Key{}` a map of it.
fn nested(part: &str, inner: Value) -> Value {
    let name = part.trim_end_matches(['[', ']', '{', '}']);
    let marks = part.as_bytes()[name.len()..].rchunks(2);
    let value = marks.fold(inner, |inner, mark| match mark {
        b"[]" => json!([inner]),
        _ => json!({ "x": inner }),
    });
    json!({ name: value })
}

/// Refuses a request with a member that the operation does not read.
///
/// # Errors
/// [`RequestError::MemberNotEmulated`] names the first.
pub fn refuse_unread(
    row: &Row,
    request: &Request<'_>,
    members: impl Fn() -> Option<Map<String, Value>>,
) -> Result<(), RequestError> {
    let unread = unread(row);
    if unread.is_empty() {
        return Ok(());
    }
    let body = members().map(Value::Object).unwrap_or_default();
    let is_sent = |member: &&Member| match member {
        Member::Body(path) => is_in(&body, path),
        Member::Query(name) => has_query_member(request, name),
        Member::Header(name) => request.headers.contains_key(name.as_str()),
    };
    match unread.iter().find(is_sent) {
        None => Ok(()),
        Some(Member::Body(name) | Member::Query(name) | Member::Header(name)) => {
            Err(RequestError::MemberNotEmulated {
                member: name.clone(),
                operation: row.name,
            })
        }
    }
}

fn has_query_member(request: &Request<'_>, name: &str) -> bool {
    let query = request.uri.query().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.any(|(key, value)| key == name && !value.is_empty())
}

/// Is there something at the path that asks for something? What is empty or false does not.
fn is_in(value: &Value, path: &str) -> bool {
    let (part, rest) = match path.split_once('.') {
        Some((part, rest)) => (part, Some(rest)),
        None => (path, None),
    };
    let name = part.trim_end_matches(['[', ']', '{', '}']);
    let Some(found) = value.get(name) else {
        return false;
    };
    let Some(rest) = rest else {
        return asks_for_something(found);
    };
    match found {
        Value::Array(items) => items.iter().any(|item| is_in(item, rest)),
        Value::Object(items) if part.ends_with("{}") => items.values().any(|it| is_in(it, rest)),
        other => is_in(other, rest),
    }
}

fn asks_for_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(asks_for_something),
        Value::Object(members) => members.values().any(asks_for_something),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_what_is_not_is_told_apart() {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        #[expect(dead_code, reason = "only asked what it reads")]
        struct Input {
            name: String,
            whole: Option<Whole>,
            #[serde(flatten)]
            flat: Flat,
        }
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only asked what it reads")]
        struct Whole {
            first: String,
            second: u32,
        }
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only asked what it reads")]
        struct Flat {
            inside: Option<Vec<String>>,
            ignored: Option<serde::de::IgnoredAny>,
        }
        for (path, expected) in [
            ("Name", true),
            ("Whole", true),
            ("Whole.first", true),
            ("Whole.second", true),
            ("Whole.third", false),
            ("inside", true),
            ("inside[]", true),
            ("ignored", false),
            ("Other", false),
        ] {
            let is_read = reads::<Input>(&json!({ "Name": "x" }), path);
            assert_eq!(is_read, expected, "{path}");
        }
    }

    #[test]
    fn a_member_is_found_wherever_it_nests() {
        let body = json!({ "A": { "B": [{ "C": "x" }, { "D": [] }] }, "E": {}, "F": false });
        for (path, expected) in [
            ("A", true),
            ("A.B[].C", true),
            ("A.B[].D", false),
            ("A.C", false),
            ("E", false),
            ("F", false),
            ("G", false),
        ] {
            assert_eq!(is_in(&body, path), expected, "{path}");
        }
    }
}
