//! A client that speaks to an engine in memory, on a clock that the test moves.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::state::appsync::AppSyncSettings;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};
use serde_json::{Value, json};

/// The authority that the client believes the emulator is at.
pub(crate) const AUTHORITY: &str = "127.0.0.1:4566";

pub(crate) struct Client {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) authorization: String,
}

/// An answer with its body as JSON; `Null` if it is none.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    fn of(response: Response<bytes::Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, code and message of an error of the control plane.
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let code = self.header("x-amzn-errortype").unwrap_or_default();
        (
            self.status,
            code,
            self.json["message"].as_str().unwrap_or_default(),
        )
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json
    }
}

pub(crate) fn signed(access_key: &str, region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20261122/{region}/appsync/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with(AppSyncSettings::default())
    }

    pub(crate) fn with(settings: AppSyncSettings) -> Self {
        let mut options = EngineOptions {
            seed: 11,
            ..EngineOptions::default()
        };
        options.settings.appsync = settings;
        Self {
            engine: Engine::new(options),
            now: Timestamp::parse("2026-11-22T10:30:00Z").unwrap(),
            authorization: signed("AKIDEXAMPLE", "eu-west-1"),
        }
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Outcome {
        let mut map = HeaderMap::new();
        map.insert("host", HeaderValue::from_static(AUTHORITY));
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let uri = path.parse().unwrap();
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &map,
            body,
            caller: None,
        };
        self.engine.call(&request, self.now)
    }

    /// A call of a test's set-up, which no fault strikes.
    pub(crate) fn exempt(&mut self, method: &str, path: &str, body: &[u8]) {
        let mut headers = HeaderMap::new();
        let authorization = HeaderValue::from_str(&self.authorization).unwrap();
        headers.insert("authorization", authorization);
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let uri = path.parse().unwrap();
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &headers,
            body,
            caller: None,
        };
        let answer = self.engine.call_exempt(&request, self.now);
        assert_eq!(answer.status(), 200);
    }

    #[track_caller]
    pub(crate) fn answer(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        match self.send(method, path, headers, body).ending {
            Ending::Reply(response) => Answer::of(response),
            other => panic!("no answer to {method} {path}: {other:?}"),
        }
    }

    /// A signed call of the control plane.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let authorization = self.authorization.clone();
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.answer(method, path, &headers, &body)
    }

    /// Makes an API and returns it.
    #[track_caller]
    pub(crate) fn create_api(&mut self, attributes: &Value) -> Value {
        let mut body = json!({ "name": "keys", "authenticationType": "API_KEY" });
        let members = body.as_object_mut().unwrap();
        members.extend(attributes.as_object().cloned().unwrap_or_default());
        self.call("POST", "/v1/apis", &body).ok()["graphqlApi"].clone()
    }

    /// Makes an API with keys only and returns its id.
    #[track_caller]
    pub(crate) fn api_id(&mut self) -> String {
        text(&self.create_api(&json!({}))["apiId"])
    }

    /// Makes a key and returns it.
    #[track_caller]
    pub(crate) fn create_key(&mut self, api: &str, attributes: &Value) -> Value {
        self.call("POST", &keys_of(api), attributes).ok()["apiKey"].clone()
    }

    /// Asks the data plane at a path with a key.
    #[track_caller]
    pub(crate) fn graphql(&mut self, path: &str, key: Option<&str>, body: &str) -> Answer {
        let headers: Vec<_> = key.map(|key| ("x-api-key", key)).into_iter().collect();
        self.answer("POST", path, &headers, body.as_bytes())
    }

    /// The status that the data plane gives a key.
    #[track_caller]
    pub(crate) fn probe(&mut self, path: &str, key: &str) -> u16 {
        self.graphql(path, Some(key), PROBE).status
    }
}

/// The question that is always valid [REC].
pub(crate) const PROBE: &str = r#"{"query":"query { __typename }"}"#;

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub(crate) fn keys_of(api: &str) -> String {
    format!("/v1/apis/{api}/apikeys")
}

/// The path of the URL that the control plane gives out.
pub(crate) fn graphql_path(api: &Value) -> String {
    let url = api["uris"]["GRAPHQL"].as_str().unwrap();
    url.strip_prefix(&format!("http://{AUTHORITY}"))
        .unwrap()
        .to_owned()
}
