//! A client that speaks to an engine in memory.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use serde_json::{Value, json};

use crate::archive::zip_file;

/// The ARN of the role that functions are made with here.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/rotation";

pub(crate) struct Client {
    pub(crate) engine: Engine,
}

/// An answer; `Null` if its body is no JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) json: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.json
    }

    /// Status, code and message of an error of Lambda.
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let message = self
            .json
            .get("message")
            .or_else(|| self.json.get("Message"));
        let message = message.and_then(Value::as_str).unwrap_or_default();
        (self.status, &self.code, message)
    }
}

pub(crate) fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with(EngineOptions::default())
    }

    pub(crate) fn with(options: EngineOptions) -> Self {
        let engine = Engine::new(options);
        Self { engine }
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Ending {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let request = Request {
            method: &Method::from_bytes(method.as_bytes()).unwrap(),
            uri: &path.parse().unwrap(),
            headers: &map,
            body,
            caller: None,
        };
        let now = Timestamp::parse("2026-11-22T10:30:00Z").unwrap();
        self.engine.call(&request, now).ending
    }

    #[track_caller]
    fn answer(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let Ending::Reply(response) = self.send(method, path, headers, body) else {
            panic!("no answer to {method} {path}");
        };
        let header = response.headers().get("x-amzn-errortype");
        Answer {
            status: response.status().as_u16(),
            code: header.map_or_else(String::new, |code| code.to_str().unwrap().to_owned()),
            json: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }

    /// A signed call of Lambda; the path is what follows the functions.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let path = format!("/2015-03-31/functions{path}");
        self.at_bytes(method, &path, &body)
    }

    /// A signed call of Lambda at any path.
    #[track_caller]
    pub(crate) fn at(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.at_bytes(method, path, &body)
    }

    #[track_caller]
    fn at_bytes(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        let signature = signed("lambda");
        self.answer(method, path, &[("authorization", &signature)], body)
    }

    /// A signed call of Secrets Manager.
    #[track_caller]
    pub(crate) fn secrets(&mut self, operation: &str, body: &Value) -> Answer {
        let target = format!("secretsmanager.{operation}");
        let signature = signed("secretsmanager");
        let headers = [
            ("authorization", signature.as_str()),
            ("x-amz-target", &target),
        ];
        self.answer("POST", "/", &headers, body.to_string().as_bytes())
    }

    /// A call without a signature.
    #[track_caller]
    pub(crate) fn unsigned(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        self.answer(method, path, &[], body.to_string().as_bytes())
    }

    /// Makes a function with code that nobody runs.
    #[track_caller]
    pub(crate) fn create(&mut self, name: &str) -> Value {
        self.call("POST", "", &new_function(name)).ok()
    }
}

/// What CreateFunction takes.
pub(crate) fn new_function(name: &str) -> Value {
    json!({
        "FunctionName": name,
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "index.handler",
        "Code": { "ZipFile": zip_file(&[("index.py", b"def handler(e, c): pass")]) },
    })
}
