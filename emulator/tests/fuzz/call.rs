//! A request for an operation, from the tables where the operation is in one.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue, Method, Uri};
use keywheel_emulator::ops::{self, Binding, Row};
use serde_json::{Map, Value, json};

use crate::draw::Draw;
use crate::shape::Known;

/// The operations of both tables.
static TABLES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../constraints/secretsmanager.json"),
        include_str!("../../constraints/appsync.json"),
    ];
    let tables = texts.map(|text| serde_json::from_str::<Value>(text).unwrap());
    let operations = tables.map(|table| table["operations"].as_object().unwrap().clone());
    operations.into_iter().flatten().collect()
});

/// Members of the operations that are in no table.
const MEMBERS: [&str; 44] = [
    "AccessKeyId",
    "Action",
    "AssumeRolePolicyDocument",
    "Code",
    "Description",
    "DurationSeconds",
    "Environment",
    "FunctionName",
    "FunctionVersion",
    "Handler",
    "Marker",
    "MaxItems",
    "MemorySize",
    "Name",
    "Path",
    "PathPrefix",
    "PermissionsBoundary",
    "Policy",
    "PolicyArn",
    "PolicyArns.member.1.arn",
    "PolicyDocument",
    "PolicyName",
    "Principal",
    "Publish",
    "Role",
    "RoleArn",
    "RoleName",
    "RoleSessionName",
    "Runtime",
    "SourceArn",
    "StatementId",
    "Tags",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.99999999999999999999.Key",
    "Timeout",
    "UserName",
    "VersionId",
    "a.b.c.d.e.f.g.h.i",
    "endTime",
    "filterPattern",
    "limit",
    "logGroupName",
    "logStreamNames",
];

/// A request.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The operation, for messages.
    pub(crate) name: &'static str,
}

impl Call {
    pub(crate) fn draw(draw: &mut Draw, known: &Known) -> Option<Self> {
        let rows: Vec<&'static Row> = ops::rows().collect();
        let row = *draw.pick(&rows);
        let mut call = Self {
            method: Method::POST,
            uri: Uri::from_static("/"),
            headers: HeaderMap::new(),
            body: Vec::new(),
            name: row.name,
        };
        call.header("host", "127.0.0.1:4566");
        call.header("authorization", &credential(draw, known, row));
        let input = match TABLES.get(row.name) {
            Some(members) => known.structure(draw, members),
            None => guessed(draw, known),
        };
        match row.binding {
            Binding::Target => {
                call.header("x-amz-target", &format!("{}.{}", prefix(row), row.name));
                call.header("content-type", "application/x-amz-json-1.1");
                call.body = input.to_string().into_bytes();
            }
            Binding::Query => {
                call.header("content-type", "application/x-www-form-urlencoded");
                call.body = form(row.name, &input).into_bytes();
            }
            Binding::Rest { method, path, .. } => {
                call.method = method.parse().unwrap();
                call.uri = uri(draw, known, path, &input)?;
                call.header("content-type", "application/json");
                call.body = input.to_string().into_bytes();
            }
        }
        if draw.one_in(50) {
            let cut = draw.below(call.body.len() + 1);
            call.body.truncate(cut);
        }
        Some(call)
    }

    fn header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            self.headers.insert(name, value);
        }
    }
}

fn prefix(row: &Row) -> &'static str {
    match row.service.as_str() {
        "logs" => "Logs_20140328",
        other => other,
    }
}

fn credential(draw: &mut Draw, known: &Known, row: &Row) -> String {
    let key = match draw.below(10) {
        0 => known.text(draw),
        1 => "111122223333".to_owned(),
        _ => "test".to_owned(),
    };
    let region = match draw.below(30) {
        0 => draw.hostile(),
        1 => "eu-west-1".to_owned(),
        _ => "us-east-1".to_owned(),
    };
    let service = row.service.as_str();
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261122/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// The members of an operation whose shape is in no table.
fn guessed(draw: &mut Draw, known: &Known) -> Value {
    let mut members = Map::new();
    for _ in 0..draw.below(9) {
        let name = (*draw.pick(&MEMBERS)).to_owned();
        let value = match (name.as_str(), draw.below(4)) {
            ("Code", _) => json!({ "ZipFile": known.text(draw) }),
            ("Environment", _) => json!({ "Variables": { known.text(draw): known.text(draw) } }),
            (_, 0) => known.value(draw, &json!({ "type": "integer" })),
            _ => known.text(draw).into(),
        };
        members.insert(name, value);
    }
    Value::Object(members)
}

fn form(action: &str, input: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action);
    for (name, value) in input.as_object().into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(name, &text);
    }
    form.finish()
}

/// The path with its members, most of them as the input has them, and the rest in the query.
fn uri(draw: &mut Draw, known: &Known, path: &str, input: &Value) -> Option<Uri> {
    let encoded =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let segment = |segment: &str| match segment.strip_prefix('{') {
        Some(name) => {
            let given = input[name.trim_end_matches('}')].as_str();
            encoded(&given.map_or_else(|| known.text(draw), str::to_owned))
        }
        None => segment.to_owned(),
    };
    let path: Vec<String> = path.split('/').map(segment).collect();
    let mut text = path.join("/");
    for (name, value) in input.as_object().into_iter().flatten().take(4) {
        let mark = if text.contains('?') { '&' } else { '?' };
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let value: String = value.chars().take(200).collect();
        text += &format!("{mark}{}={}", encoded(name), encoded(&value));
    }
    text.parse().ok()
}
