//! An engine to play recordings on, called in process.

use http::{HeaderMap, HeaderValue, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::ids::FunctionArn;
use keywheel_emulator::invoke::RotationEvent;
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::lambda::started::Started;
use keywheel_emulator::state::rotations::StepFailure;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use serde_json::{Value, json};

use super::answer::Answer;

/// The function that exists on every stage.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:rotate";

/// Writes that carry a ClientRequestToken, which SDKs fill in.
const WITH_TOKEN: [&str; 4] = [
    "CreateSecret",
    "PutSecretValue",
    "RotateSecret",
    "UpdateSecret",
];

/// An engine, its clock, and the client that calls it.
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    /// Does the client fill tokens in, as SDKs do?
    pub(crate) fills_tokens: bool,
    /// The caller's account and Region; those of the engine if there is no signature.
    pub(crate) caller: Option<(&'static str, &'static str)>,
    tokens: u64,
}

impl Stage {
    pub(crate) fn new(settings: Settings) -> Self {
        let mut engine = Engine::new(EngineOptions {
            seed: 1,
            settings,
            ..Default::default()
        });
        engine
            .world()
            .start_with(FunctionArn::new(FUNCTION), Started::default());
        let now = Timestamp::parse("2026-11-22T12:00:00Z").expect("a valid date");
        Self {
            engine,
            now,
            fills_tokens: true,
            caller: None,
            tokens: 0,
        }
    }

    /// Calls an operation, a second after the last call.
    pub(crate) fn call(&mut self, operation: &str, mut request: Value) -> Answer {
        self.now = self.now.plus_millis(1000);
        if self.fills_tokens
            && WITH_TOKEN.contains(&operation)
            && request.get("ClientRequestToken").is_none()
        {
            self.tokens += 1;
            let token = format!("token-{:030}", self.tokens);
            request["ClientRequestToken"] = Value::from(token);
        }
        let target = format!("secretsmanager.{operation}");
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amz-target",
            HeaderValue::try_from(target).expect("visible ASCII"),
        );
        if let Some((account, region)) = self.caller {
            let signature = format!(
                "AWS4-HMAC-SHA256 Credential={account}/20261122/{region}/secretsmanager/aws4_request, \
                 SignedHeaders=host, Signature=0"
            );
            let signature = HeaderValue::try_from(signature).expect("visible ASCII");
            headers.insert("authorization", signature);
        }
        let body = request.to_string();
        let request = Request {
            method: &Method::POST,
            uri: &Uri::from_static("/"),
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        let Ending::Reply(response) = self.engine.call(&request, self.now).ending else {
            panic!("{operation}: no answer");
        };
        let text = String::from_utf8(response.body().to_vec()).expect("answers are text");
        let body = if text.is_empty() {
            json!({})
        } else {
            serde_json::from_str(&text).expect(&text)
        };
        Answer {
            status: response.status().as_u16(),
            text,
            body,
        }
    }

    /// Runs every rotation to its end with a function.
    pub(crate) fn rotate_with(&mut self, mut step: impl FnMut(&mut Self, &RotationEvent)) {
        while let Some(invocation) = self.engine.poll_invocation(self.now) {
            step(self, &RotationEvent::of(&invocation));
            self.engine
                .invocation_finished(invocation.number, Ok(()), self.now);
        }
    }

    /// Lets the next step fail.
    pub(crate) fn fail_step(&mut self) {
        let invocation = self
            .engine
            .poll_invocation(self.now)
            .expect("a step is to be run");
        let failure = StepFailure {
            error_type: "ValueError".to_owned(),
            message: String::new(),
        };
        self.engine
            .invocation_finished(invocation.number, Err(failure), self.now);
    }
}
