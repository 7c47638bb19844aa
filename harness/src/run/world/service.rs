//! The emulated services and their calendar, and requests that the harness itself makes of them, for
//! set-up and for people. No fault strikes those.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, Uri};
use keywheel_emulator::engine::Engine;
use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::ids::DEFAULT_REGION;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::Request;
use serde_json::Value;

use crate::clock::VirtualClock;
use crate::history::AdminRefusal;

/// The emulated services and their calendar.
pub(crate) struct Service {
    pub(crate) engine: Engine,
    pub(crate) clock: VirtualClock,
}

/// An answer to a request that the harness itself makes.
pub(crate) type AdminAnswer = Result<Value, AdminRefusal>;

impl Service {
    /// The calendar's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The world as judges see it.
    pub(crate) fn snapshot(&mut self) -> Snapshot {
        let now = self.now();
        self.engine.snapshot(now)
    }

    /// A request to Secrets Manager.
    pub(crate) fn ask_secrets(&mut self, operation: &str, body: &Value) -> AdminAnswer {
        self.ask_secrets_in(DEFAULT_REGION, operation, body)
    }

    /// A request to Secrets Manager in a Region.
    pub(crate) fn ask_secrets_in(
        &mut self,
        region: &str,
        operation: &str,
        body: &Value,
    ) -> AdminAnswer {
        let mut headers = HeaderMap::new();
        if region != DEFAULT_REGION {
            headers.insert(AUTHORIZATION, signed_in(region));
        }
        headers.insert("x-amz-target", target_header(operation));
        headers.insert(
            "content-type",
            http::HeaderValue::from_static("application/x-amz-json-1.1"),
        );
        self.ask(
            operation,
            &Method::POST,
            &Uri::from_static("/"),
            &headers,
            body,
        )
    }

    /// A request to AppSync.
    pub(crate) fn ask_appsync(
        &mut self,
        operation: &str,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> AdminAnswer {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            http::HeaderValue::from_static("application/json"),
        );
        let uri = uri_of(path);
        self.ask(operation, method, &uri, &headers, body)
    }

    fn ask(
        &mut self,
        operation: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Value,
    ) -> AdminAnswer {
        let now = self.now();
        let body = body.to_string();
        let request = Request {
            method,
            uri,
            headers,
            body: body.as_bytes(),
            caller: None,
        };
        let response = self.engine.call_exempt(&request, now);
        let value: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        if response.status().is_success() {
            return Ok(value);
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let header = response
            .headers()
            .get("x-amzn-errortype")
            .and_then(|code| code.to_str().ok());
        Err(AdminRefusal {
            operation: operation.to_owned(),
            code: text("__type")
                .or_else(|| header.map(str::to_owned))
                .unwrap_or_default(),
            message: text("Message")
                .or_else(|| text("message"))
                .unwrap_or_default(),
        })
    }
}

/// A signature of the default account, which tells the Region. Nobody checks it.
fn signed_in(region: &str) -> HeaderValue {
    let scope = format!("000000000000/20261122/{region}/secretsmanager/aws4_request");
    let text = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
    text.parse().expect("Regions are visible ASCII")
}

fn target_header(operation: &str) -> http::HeaderValue {
    let target = format!("secretsmanager.{operation}");
    target.parse().expect("operation names are visible ASCII")
}

fn uri_of(path: &str) -> Uri {
    path.parse()
        .expect("ids that the emulator made are valid in a path")
}
