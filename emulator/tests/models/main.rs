//! Held against the models of all services: nothing that AWS knows is passed over in silence,
//! neither an operation nor a member of a request.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::ops::unread::unread;
use keywheel_emulator::ops::{self, Binding, Row};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::model::{MODELS, Member, Modelled};
use keywheel_emulator::wire::request::{Ending, Request};
use keywheel_emulator::wire::service::{Protocol, Service};
use serde_json::{Value, json};

const SERVICES: [Service; 6] = [
    Service::AppSync,
    Service::Iam,
    Service::Lambda,
    Service::Logs,
    Service::SecretsManager,
    Service::Sts,
];

/// A request for an operation, as its protocol has it.
struct Call {
    service: Service,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Call {
    fn new(service: Service, name: &str, modelled: &Modelled) -> Self {
        let mut call = Self {
            service,
            method: modelled.method.clone().unwrap_or_else(|| "POST".to_owned()),
            path: modelled
                .path
                .as_deref()
                .map_or_else(|| "/".to_owned(), filled),
            headers: Vec::new(),
            body: String::new(),
        };
        match service.protocol() {
            Protocol::Query => call.body = format!("Action={name}"),
            Protocol::AwsJson => {
                let prefix = match service {
                    Service::Logs => "Logs_20140328",
                    _ => "secretsmanager",
                };
                call.header("x-amz-target", &format!("{prefix}.{name}"));
                call.body = "{}".to_owned();
            }
            _ => {}
        }
        call
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The same request with a member whose value is this.
    fn with(mut self, member: &Member, value: &Value) -> Self {
        match member {
            Member::Query(name) => {
                let mark = if self.path.contains('?') { '&' } else { '?' };
                self.path = format!("{}{mark}{name}=x", self.path);
            }
            Member::Header(name) => self.header(name, "x"),
            Member::Body(path) if self.service.protocol() == Protocol::Query => {
                let name = path.replace("[]", ".member.1").replace("{}", ".x");
                self.body = format!("{}&{name}={}", self.body, value.as_str().unwrap_or("x"));
            }
            Member::Body(path) => self.body = nested(path, value.clone()).to_string(),
        }
        self
    }

    /// The status, and the whole answer as text.
    fn answer(&self) -> (u16, String) {
        let name = self.service.as_str();
        let mut headers = HeaderMap::new();
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{name}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let signed = ("authorization".to_owned(), signature);
        for (name, value) in self.headers.iter().chain([&signed]) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let uri: Uri = self.path.parse().unwrap();
        let request = Request {
            method: &Method::from_bytes(self.method.as_bytes()).unwrap(),
            uri: &uri,
            headers: &headers,
            body: self.body.as_bytes(),
            caller: None,
        };
        let now = Timestamp::parse("2026-11-22T10:30:00Z").unwrap();
        let ending = Engine::new(EngineOptions::default())
            .call(&request, now)
            .ending;
        let Ending::Reply(response) = ending else {
            panic!("{} {}: no answer", self.method, self.path)
        };
        let text = String::from_utf8_lossy(response.body()).into_owned();
        (response.status().as_u16(), text)
    }
}

/// A path with something in place of its members.
fn filled(template: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "x" } else { part }.to_owned();
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// `A[].B` with a value is `{"A": [{"B": value}]}`.
fn nested(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |inner, part| {
        let name = part.trim_end_matches(['[', ']', '{', '}']);
        let inner = match &part[name.len()..] {
            "" => inner,
            marks if marks.ends_with("[]") => json!([inner]),
            _ => json!({ "x": inner }),
        };
        json!({ name: inner })
    })
}

fn modelled(row: &Row) -> &'static Modelled {
    &MODELS.of(row.service).unwrap().operations[row.name]
}

#[test]
fn every_operation_that_is_not_emulated_says_so_by_its_name() {
    let mut count = 0;
    for service in SERVICES {
        for (name, modelled) in &MODELS.of(service).unwrap().operations {
            let is_emulated = |row: &&Row| row.service == service && row.name == name;
            if ops::rows().any(|row| is_emulated(&row)) {
                continue;
            }
            count += 1;
            let (status, text) = Call::new(service, name, modelled).answer();
            assert_eq!(status, 501, "{} {name}: {text}", service.as_str());
            assert!(
                text.contains("NotImplemented") || !text.contains("<Error>"),
                "{text}"
            );
            let said = format!("{name} of {}", service.as_str());
            assert!(text.contains(&said), "{said}: {text}");
        }
    }
    assert!(count > 300, "{count} operations were asked for");
}

#[test]
fn a_member_that_is_not_read_is_refused_by_its_name() {
    let mut count = 0;
    for row in ops::rows() {
        for member in unread(row) {
            count += 1;
            let call = Call::new(row.service, row.name, modelled(row));
            let (status, text) = call.with(member, &json!("x")).answer();
            let (Member::Body(name) | Member::Query(name) | Member::Header(name)) = member;
            assert_eq!(status, 501, "{} {name}: {text}", row.name);
            // Of a structure that is not read the whole is named.
            let outer = name.split(['.', '[', '{']).next().unwrap_or(name);
            assert!(text.contains(&format!("The member {outer}")), "{text}");
        }
    }
    assert!(count > 20, "{count} members were sent");
}

#[test]
fn a_member_that_is_read_is_missed_by_nobody() {
    // No member of any model has a fraction for its value, but for weights.
    let of_no_type = json!(0.5);
    let mut count = 0;
    for row in ops::rows() {
        if row.service.protocol() == Protocol::Query {
            // Everything is a text there; `ops::unread` asks the types themselves.
            continue;
        }
        for member in &modelled(row).members {
            let Member::Body(path) = member else { continue };
            if unread(row).contains(member) {
                continue;
            }
            count += 1;
            let call = Call::new(row.service, row.name, modelled(row));
            let (status, text) = call.with(member, &of_no_type).answer();
            assert_eq!(status, 400, "{} {path}: {text}", row.name);
        }
    }
    assert!(count > 300, "{count} members were sent");
}

#[test]
fn what_asks_for_nothing_is_no_member() {
    // Tools send what they leave empty.
    let rows: Vec<&Row> = ops::rows()
        .filter(|row| row.name == "CreateFunction")
        .collect();
    let [row] = rows[..] else {
        panic!("one operation of this name: {rows:?}")
    };
    assert!(matches!(row.binding, Binding::Rest { .. }));
    for value in [json!([]), json!({}), json!(null), json!(false)] {
        let call = Call::new(row.service, row.name, modelled(row));
        let call = call.with(&Member::Body("Layers".to_owned()), &value);
        let (status, text) = call.answer();
        assert_eq!(status, 400, "{value}: {text}");
    }
}
