//! The Query protocol: form bodies in, XML out.
//!
//! Lists come as `Tags.member.1.Key=…`; everything is text. Answers are
//! `<XResponse><XResult>…</XResult><ResponseMetadata>…`, errors `<ErrorResponse>` [M].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use quick_xml::escape::partial_escape as escape;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::time::Timestamp;

use super::error_code::RequestError;
use super::model::MODELS;
use super::service::Service;

/// What answers are.
pub const CONTENT_TYPE: &str = "text/xml";

/// How deep members may nest. The deepest of the models is five.
const DEPTH: usize = 8;

/// A form as a tree: `a.b=c` is `c` at `b` of `a`.
#[derive(Default)]
struct Node {
    text: Option<String>,
    parts: BTreeMap<String, Node>,
}

/// The operation that a form asks for; none if it has no `Action`.
pub fn action(form: &[u8]) -> Option<String> {
    let mut pairs = form_urlencoded::parse(form);
    let action = pairs.find(|(name, _)| name == "Action")?;
    Some(action.1.into_owned())
}

/// The service whose API has this version, where nothing else tells the service.
pub fn service_of_version(form: &[u8]) -> Option<Service> {
    let mut pairs = form_urlencoded::parse(form);
    let version = pairs.find(|(name, _)| name == "Version")?;
    match &*version.1 {
        IAM_VERSION => Some(Service::Iam),
        STS_VERSION => Some(Service::Sts),
        _ => None,
    }
}

const IAM_VERSION: &str = "2010-05-08";
const STS_VERSION: &str = "2011-06-15";

/// The members of a form.
///
/// # Errors
/// A name that nests too deep.
pub fn members(form: &[u8]) -> Result<Vec<(Cow<'static, str>, Value)>, RequestError> {
    let mut root = Node::default();
    for (name, value) in form_urlencoded::parse(form) {
        if name.split('.').count() > DEPTH {
            return Err(RequestError::BadJson {
                at: "a member nests too deep".to_owned(),
            });
        }
        let node = name.split('.').fold(&mut root, |node, part| {
            node.parts.entry(part.to_owned()).or_default()
        });
        node.text = Some(value.into_owned());
    }
    let parts = root.parts.into_iter();
    Ok(parts
        .map(|(name, node)| (Cow::Owned(name), node.value()))
        .collect())
}

impl Node {
    fn value(mut self) -> Value {
        if self.parts.is_empty() {
            return Value::String(self.text.unwrap_or_default());
        }
        match self.parts.remove("member") {
            Some(list) if self.parts.is_empty() => list.list(),
            Some(member) => {
                self.parts.insert("member".to_owned(), member);
                self.object()
            }
            None => self.object(),
        }
    }

    /// Members `1`, `2`, … in the order of their numbers.
    fn list(self) -> Value {
        let number = |name: &str| name.parse::<usize>().unwrap_or(usize::MAX);
        let mut items: Vec<(usize, Node)> = self
            .parts
            .into_iter()
            .map(|(name, node)| (number(&name), node))
            .collect();
        items.sort_by_key(|(number, _)| *number);
        items.into_iter().map(|(_, node)| node.value()).collect()
    }

    fn object(self) -> Value {
        let parts = self.parts.into_iter();
        Value::Object(Map::from_iter(
            parts.map(|(name, node)| (name, node.value())),
        ))
    }
}

/// A list in an input. An empty one is sent as an empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T>(pub Vec<T>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Listed<T>, E> {
        if text.is_empty() {
            return Ok(Listed::default());
        }
        Err(E::custom("a list is expected"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Listed<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(Listed)
    }
}

/// A number or a truth value in an input, where everything is text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parsed<T>(pub T);

impl<'de, T: FromStr> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = text
            .parse()
            .map_err(|_| D::Error::custom("not of its type"));
        parsed.map(Self)
    }
}

/// A list in an output: `<member>…</member>` for each.
#[derive(Clone, Debug, Serialize)]
pub struct Members<T> {
    member: Vec<T>,
}

impl<T> FromIterator<T> for Members<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self {
            member: items.into_iter().collect(),
        }
    }
}

impl<T> IntoIterator for Members<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.member.into_iter()
    }
}

/// A moment in an output: `2026-11-22T10:00:00Z`.
#[derive(Clone, Copy, Debug)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Timestamp::from_seconds(self.0.as_seconds()).to_string();
        write!(f, "{}Z", text.split('.').next().unwrap_or(&text))
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn namespace(service: Service) -> &'static str {
    match service {
        Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        _ => "https://iam.amazonaws.com/doc/2010-05-08/",
    }
}

/// Has an answer a result even if there is nothing in it? Clients look for it where the model has
/// one.
fn has_result(service: Service, operation: &str) -> bool {
    let model = MODELS.of(service);
    let modelled = model.and_then(|model| model.operations.get(operation));
    modelled.is_some_and(|modelled| modelled.result)
}

/// The answer of an operation. One without members has no result, unless the model says so.
pub fn answer<T: Serialize>(service: Service, operation: &str, output: &T) -> String {
    let root = format!("{operation}Result");
    let result = quick_xml::se::to_string_with_root(&root, output)
        .expect("outputs are structs of texts, numbers and lists");
    let is_empty = result == format!("<{root}/>") || result == format!("<{root}></{root}>");
    let result = match is_empty && !has_result(service, operation) {
        true => "",
        false => &result,
    };
    let result = xml_letters(result);
    let namespace = namespace(service);
    format!("<{operation}Response xmlns=\"{namespace}\">{result}</{operation}Response>")
}

/// A text with only such letters as XML has. The models' patterns let nothing else be stored in most
/// places; XML cannot even escape the rest, which is marked as lost.
fn xml_letters(text: &str) -> Cow<'_, str> {
    let is_none = |letter: char| {
        let is_control = letter < ' ' && !['\t', '\n', '\r'].contains(&letter);
        is_control || ['\u{fffe}', '\u{ffff}'].contains(&letter)
    };
    if text.contains(is_none) {
        Cow::Owned(text.replace(is_none, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// An error.
pub fn error(code: &str, message: &str, is_server_fault: bool) -> String {
    let (code, message) = (escape(code), escape(message));
    let (code, message) = (xml_letters(&code), xml_letters(&message));
    let at = if is_server_fault {
        "Receiver"
    } else {
        "Sender"
    };
    format!(
        "<ErrorResponse><Error><Type>{at}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error></ErrorResponse>"
    )
}

/// Puts the request id into an answer: bare in an error, among the metadata of a success.
pub fn with_request_id(body: &[u8], request_id: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let Some((rest, end)) = text.rfind("</").map(|at| text.split_at(at)) else {
        return body.to_vec();
    };
    let id = format!("<RequestId>{request_id}</RequestId>");
    if text.starts_with("<ErrorResponse") {
        return format!("{rest}{id}{end}\n").into_bytes();
    }
    format!("{rest}<ResponseMetadata>{id}</ResponseMetadata>{end}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members_of(form: &str) -> Value {
        let members = members(form.as_bytes()).unwrap();
        Value::Object(
            members
                .into_iter()
                .map(|(k, v)| (k.into_owned(), v))
                .collect(),
        )
    }

    #[test]
    fn forms_are_read_with_their_lists_in_order() {
        let form =
            "Action=A&Tags.member.2.Key=b&Tags.member.10.Key=c&Tags.member.1.Key=a%2B+&Empty=";
        assert_eq!(action(form.as_bytes()).as_deref(), Some("A"));
        let tags = json!([{ "Key": "a+ " }, { "Key": "b" }, { "Key": "c" }]);
        assert_eq!(
            members_of(form),
            json!({ "Action": "A", "Tags": tags, "Empty": "" })
        );
    }

    #[test]
    fn a_member_that_nests_too_deep_is_refused() {
        let form = vec!["a"; 100_000].join(".");
        assert!(members(form.as_bytes()).is_err());
    }

    #[test]
    fn an_empty_list_is_an_empty_text() {
        let listed = |value: Value| serde_json::from_value::<Listed<String>>(value);
        assert_eq!(listed(json!("")).unwrap().0, [""; 0]);
        assert_eq!(listed(json!(["a"])).unwrap().0, ["a"]);
        assert!(listed(json!("a")).is_err());
        assert!(listed(json!({ "x": 1 })).is_err());
        let parsed = |value: Value| serde_json::from_value::<Parsed<u32>>(value);
        assert_eq!(parsed(json!("17")).unwrap(), Parsed(17));
        assert!(parsed(json!("many")).is_err());
    }

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        name: &'static str,
        is_truncated: bool,
        names: Members<&'static str>,
        at: Moment,
    }

    #[test]
    fn answers_are_escaped_and_carry_the_request_id() {
        let output = Output {
            name: "a<b>&\"c\"",
            is_truncated: false,
            names: ["x", "y"].into_iter().collect(),
            at: Moment(Timestamp::from_millis(1_500)),
        };
        let text = answer(Service::Iam, "GetX", &output);
        let text = with_request_id(text.as_bytes(), "id-1");
        let text = String::from_utf8(text).unwrap();
        let expected = "<GetXResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
            <GetXResult><Name>a&lt;b&gt;&amp;\"c\"</Name><IsTruncated>false</IsTruncated>\
            <Names><member>x</member><member>y</member></Names>\
            <At>1970-01-01T00:00:01Z</At></GetXResult>\
            <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetXResponse>\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn whatever_was_stored_an_answer_is_xml() {
        let name = "a\u{0}b\u{8}\t\n\u{1b}\u{fffe}\u{ffff}\u{7f}é";
        let names: Members<&str> = [name].into_iter().collect();
        let output = Output {
            name,
            is_truncated: true,
            names,
            at: Moment(Timestamp::EPOCH),
        };
        for text in [
            answer(Service::Iam, "GetX", &output),
            error("Bad\u{1}Code", name, false),
        ] {
            assert!(text.contains("a\u{fffd}b\u{fffd}\t\n\u{fffd}\u{fffd}\u{fffd}\u{7f}é"));
            assert!(
                !text.contains(['\u{0}', '\u{1}', '\u{1b}', '\u{ffff}']),
                "{text}"
            );
        }
    }

    #[derive(Serialize)]
    struct Nothing {}

    #[test]
    fn an_answer_without_members_has_no_result() {
        let text = answer(Service::Sts, "X", &Nothing {});
        assert_eq!(
            text,
            "<XResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"></XResponse>"
        );
        let error = error("AccessDenied", "<no>", false);
        let error = String::from_utf8(with_request_id(error.as_bytes(), "id")).unwrap();
        assert!(
            error.ends_with(
                "<Message>&lt;no&gt;</Message></Error><RequestId>id</RequestId></ErrorResponse>\n"
            ),
            "{error}"
        );
    }
}
