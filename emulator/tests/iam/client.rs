//! A client that speaks each service's protocol to an engine in memory.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use serde_json::Value;

pub(crate) const ACCOUNT: &str = "111122223333";

/// A trust policy that lets the account pass the permission on.
pub(crate) const TRUST_ACCOUNT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#;

/// A policy that allows one action on everything.
pub(crate) fn allow(action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
    )
}

pub(crate) struct Client {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    /// The access key id of the calls to come.
    pub(crate) key: String,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> &str {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let rest = self.text.split_once(&start).map(|(_, rest)| rest);
        let found = rest.and_then(|rest| rest.split_once(&end));
        found
            .unwrap_or_else(|| panic!("no {name} in {}", self.text))
            .0
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// Status, code and message of an error in XML.
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        (self.status, self.element("Code"), self.element("Message"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Client {
    pub(crate) fn new(enforcement: Enforcement) -> Self {
        let mut options = EngineOptions {
            seed: 5,
            ..EngineOptions::default()
        };
        options.settings.access.iam = enforcement;
        Self {
            engine: Engine::new(options),
            now: Timestamp::parse("2026-11-22T10:30:00Z").unwrap(),
            key: ACCOUNT.to_owned(),
        }
    }

    /// Calls IAM or STS.
    pub(crate) fn query(
        &mut self,
        service: &str,
        action: &str,
        members: &[(&str, &str)],
    ) -> Answer {
        let version = if service == "sts" {
            "2011-06-15"
        } else {
            "2010-05-08"
        };
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in members {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            form.push_str(&format!("&{name}={value}"));
        }
        let form_type = ("content-type", "application/x-www-form-urlencoded");
        self.send(service, "POST", "/", &[form_type], &form)
    }

    pub(crate) fn iam(&mut self, action: &str, members: &[(&str, &str)]) -> Answer {
        self.query("iam", action, members)
    }

    pub(crate) fn secrets(&mut self, operation: &str, body: &Value) -> Answer {
        let target = format!("secretsmanager.{operation}");
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &*target),
        ];
        self.send("secretsmanager", "POST", "/", &headers, &body.to_string())
    }

    pub(crate) fn appsync(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.send("appsync", method, path, &[], body)
    }

    pub(crate) fn send(
        &mut self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/20261122/eu-west-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0",
            self.key
        );
        let all = [headers, &[("authorization", &*authorization)]].concat();
        self.send_as_is(method, path, &all, body)
    }

    /// Sends a request without a signature of ours.
    pub(crate) fn send_as_is(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let (method, uri) = (
            Method::from_bytes(method.as_bytes()).unwrap(),
            path.parse().unwrap(),
        );
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &map,
            body: body.as_bytes(),
            caller: None,
        };
        let outcome = self.engine.call(&request, self.now);
        let Ending::Reply(response) = outcome.ending else {
            panic!("no answer")
        };
        let (head, body) = response.into_parts();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A user with one inline policy, whose key signs from now on.
    pub(crate) fn become_user(&mut self, name: &str, policy: Option<&str>) -> String {
        self.iam("CreateUser", &[("UserName", name)]).ok();
        if let Some(policy) = policy {
            self.set_user_policy(name, policy);
        }
        let key = self.iam("CreateAccessKey", &[("UserName", name)]).ok();
        self.key = key.element("AccessKeyId").to_owned();
        format!("arn:aws:iam::{ACCOUNT}:user/{name}")
    }

    pub(crate) fn set_user_policy(&mut self, name: &str, policy: &str) {
        let members = [
            ("UserName", name),
            ("PolicyName", "p"),
            ("PolicyDocument", policy),
        ];
        self.as_account(|client| client.iam("PutUserPolicy", &members).ok());
    }

    /// Does something as the account itself.
    pub(crate) fn as_account<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let key = std::mem::replace(&mut self.key, ACCOUNT.to_owned());
        let result = work(self);
        self.key = key;
        result
    }
}
