//! Requests in the protocol of their service, to an engine in memory.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::ops::{Binding, QueryMember, Row};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// No library takes a longer one.
const LONGEST_URI: usize = 65_534;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    header: Option<String>,
}

impl Answer {
    /// Is a member refused by its name, before anything else is looked at?
    pub(crate) fn is_not_emulated(&self) -> bool {
        self.code() == Some("NotImplemented")
    }

    /// The code of an error, wherever the protocol has it.
    pub(crate) fn code(&self) -> Option<&str> {
        if let Some(code) = &self.header {
            return Some(code);
        }
        let ends = [("<Code>", "</Code>"), ("\"__type\":\"", "\"")];
        let mut found = ends.into_iter().filter_map(|(start, end)| {
            let rest = self.text.split_once(start)?.1;
            Some(rest.split_once(end)?.0)
        });
        found.next()
    }
}

/// An engine, and an operation that is called of it.
pub(crate) struct Wire<'a> {
    row: &'a Row,
    engine: Engine,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        let engine = Engine::new(EngineOptions::default());
        Self { row, engine }
    }

    /// The answer; none if no client could send such a request.
    pub(crate) fn send(&mut self, members: &Map<String, Value>) -> Option<Answer> {
        match self.row.binding {
            Binding::Target => Some(self.by_target(members)),
            Binding::Query => Some(self.by_form(members)),
            Binding::Rest {
                method,
                path,
                query,
                has_free_body,
                ..
            } => {
                let (uri, body) = rest(path, query, members);
                let body = if has_free_body { String::new() } else { body };
                let can_be_sent = uri.len() <= LONGEST_URI;
                can_be_sent.then(|| self.call(method, &uri, &[], &body))
            }
        }
    }

    fn by_target(&mut self, members: &Map<String, Value>) -> Answer {
        let prefix = match self.row.service.as_str() {
            "logs" => "Logs_20140328",
            other => other,
        };
        let target = format!("{prefix}.{}", self.row.name);
        let body = Value::Object(members.clone()).to_string();
        self.call("POST", "/", &[("x-amz-target", &target)], &body)
    }

    fn by_form(&mut self, members: &Map<String, Value>) -> Answer {
        let mut form = format!("Action={}", self.row.name);
        for (name, value) in members {
            write(&mut form, name, value);
        }
        let form_type = ("content-type", "application/x-www-form-urlencoded");
        self.call("POST", "/", &[form_type], &form)
    }

    fn call(&mut self, method: &str, uri: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let service = self.row.service.as_str();
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let mut headers = HeaderMap::new();
        for (name, value) in more.iter().chain(&[("authorization", &*authorization)]) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let uri: Uri = uri.parse().unwrap();
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        let outcome = self
            .engine
            .call(&request, Timestamp::from_seconds(1_800_000_000));
        let Ending::Reply(response) = outcome.ending else {
            let (text, header) = (String::new(), None);
            return Answer {
                status: 200,
                text,
                header,
            };
        };
        let (head, body) = response.into_parts();
        let code = head.headers.get("x-amzn-errortype");
        Answer {
            status: head.status.as_u16(),
            text: String::from_utf8_lossy(&body).into_owned(),
            header: code.map(|code| code.to_str().unwrap().to_owned()),
        }
    }
}

/// A member of a form, by its parts.
fn write(form: &mut String, name: &str, value: &Value) {
    match value {
        Value::Array(items) if items.is_empty() => form.push_str(&format!("&{name}=")),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                write(form, &format!("{name}.member.{}", at + 1), item);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                write(form, &format!("{name}.{member}"), value);
            }
        }
        Value::String(text) => form.push_str(&format!("&{name}={}", encoded(text))),
        other => form.push_str(&format!("&{name}={other}")),
    }
}

/// Path, query and body of a REST call.
fn rest(path: &str, query: &[QueryMember], members: &Map<String, Value>) -> (String, String) {
    let mut body = members.clone();
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) if !text.is_empty() => text,
        Some(Value::Null | Value::String(_)) | None => "a".to_owned(),
        Some(other) => other.to_string(),
    };
    let segment = |part: &str, body: &mut Map<String, Value>| {
        let name = part.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        name.map_or_else(|| part.to_owned(), |name| encoded(&text(body.remove(name))))
    };
    let segments: Vec<String> = path
        .split('/')
        .map(|part| segment(part, &mut body))
        .collect();
    let mut uri = segments.join("/");
    let mut mark = '?';
    for member in query {
        let name = name_in_query(member);
        let values = match body.remove(name) {
            Some(Value::Array(items)) => items,
            Some(value) => vec![value],
            None => Vec::new(),
        };
        for value in values {
            uri.push_str(&format!("{mark}{name}={}", encoded(&text(Some(value)))));
            mark = '&';
        }
    }
    (uri, Value::Object(body).to_string())
}

pub(crate) fn name_in_query(member: &QueryMember) -> &'static str {
    match *member {
        QueryMember::Text(name)
        | QueryMember::Integer(name)
        | QueryMember::Boolean(name)
        | QueryMember::List(name) => name,
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
