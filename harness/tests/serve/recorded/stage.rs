//! `keywheel serve` and boto3 to play recordings on.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use keywheel_emulator::invoke::RotationEvent;
use serde_json::{Value, json};

use crate::process::Serve;

use super::answer::Answer;
use super::client::Boto3;
use super::endpoint::{News, Reply, listen};

/// The function that exists on every stage.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:rotate";

/// Who calls unless somebody else does.
const OWNER: (&str, &str) = ("000000000000", "us-east-1");

/// How long a step may be waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, a client, and a rotation function.
pub(crate) struct Stage {
    boto3: Boto3,
    serve: Serve,
    news: Receiver<News>,
    teller: Sender<News>,
    /// Does the client fill tokens in, as SDKs do?
    pub(crate) fills_tokens: bool,
    /// The caller's account and Region; those of the server if there is none.
    pub(crate) caller: Option<(&'static str, &'static str)>,
}

impl Stage {
    /// A new stage.
    pub(crate) fn open() -> Self {
        let (teller, news) = mpsc::channel();
        let function = format!("rotate=http://{}/", listen(teller.clone()));
        let serve = Serve::start(&[
            "--seed",
            "1",
            "--function",
            &function,
            "--rotation-retries",
            "0",
        ]);
        Self {
            boto3: Boto3::start(&serve),
            serve,
            news,
            teller,
            fills_tokens: true,
            caller: None,
        }
    }

    /// Begins again with nothing.
    pub(crate) fn reset(&mut self) {
        self.control("POST", "reset", &Value::Null);
        self.fills_tokens = true;
        self.caller = None;
    }

    /// Changes a setting, such as `secretsmanager.listLag=5s`.
    pub(crate) fn set(&mut self, assignment: &str) {
        let parts = assignment.split_once('.');
        let (section, rest) = parts.expect("a section");
        let (name, value) = rest.split_once('=').expect("a value");
        self.control("PUT", "settings", &json!({section: {name: value}}));
    }

    /// Shows a moment from now on.
    pub(crate) fn set_clock(&mut self, moment: &str) {
        self.control("POST", "clock", &json!({"set": moment}));
    }

    /// Lets so many seconds go by.
    pub(crate) fn advance(&mut self, seconds: u32) {
        self.control("POST", "clock", &json!({"advance": format!("{seconds}s")}));
    }

    /// Calls an operation.
    pub(crate) fn call(&mut self, operation: &str, request: Value) -> Answer {
        let caller = self.caller.unwrap_or(OWNER);
        self.boto3
            .call(caller, operation, &request, self.fills_tokens)
    }

    /// Runs every rotation to its end with a function.
    pub(crate) fn rotate_with(&mut self, mut step: impl FnMut(&mut Self, &RotationEvent)) {
        let url = self.serve.url.clone();
        let teller = self.teller.clone();
        // Moving the clock by nothing waits until no rotation runs.
        let settled = std::thread::spawn(move || {
            Serve::control_of(&url, "POST", "clock", &json!({"advance": "0s"}));
            teller.send(News::Settled).unwrap();
        });
        while let Some((event, reply)) = self.next_step() {
            step(self, &event);
            reply.succeed();
        }
        settled.join().unwrap();
    }

    /// Lets the next step fail.
    pub(crate) fn fail_step(&mut self) {
        let (_, reply) = self.next_step().expect("a step is to be run");
        reply.fail();
        self.advance(0);
    }

    fn next_step(&mut self) -> Option<(RotationEvent, Reply)> {
        match self.news.recv_timeout(PATIENCE).unwrap() {
            News::Step(event, reply) => Some((event, reply)),
            News::Settled => None,
        }
    }

    fn control(&mut self, method: &str, path: &str, body: &Value) {
        Serve::control_of(&self.serve.url, method, path, body);
    }
}
