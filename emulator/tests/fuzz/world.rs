//! One world, and what is done to it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::fault::{Caller, Rule, Verdict};
use keywheel_emulator::ids::{InvocationNumber, Step};
use keywheel_emulator::invoke::StepFailure;
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};
use serde_json::{Value, json};

use crate::call::Call;
use crate::draw::Draw;
use crate::shape::Known;

/// Parts of questions.
const GRAPHQL: [&str; 12] = [
    "{",
    "}",
    "query",
    "mutation",
    "a",
    "__typename",
    "__schema{types{name}}",
    "(b:[1])",
    "...F",
    "fragment F on Query",
    "@skip(if:true)",
    "\"",
];

pub(crate) struct World {
    engine: Engine,
    now: Timestamp,
    known: Known,
    /// How many calls were answered with what they asked for.
    pub(crate) succeeded: usize,
}

impl World {
    pub(crate) fn new(draw: &mut Draw) -> Self {
        let mut options = EngineOptions {
            seed: draw.number(),
            ..EngineOptions::default()
        };
        options.settings.access.iam = *draw.pick(&[
            Enforcement::Off,
            Enforcement::Audit,
            Enforcement::Audit,
            Enforcement::Enforce,
        ]);
        Self {
            engine: Engine::new(options),
            now: Timestamp::from_seconds(1_795_600_000),
            known: Known::default(),
            succeeded: 0,
        }
    }

    /// Does something.
    pub(crate) fn step(&mut self, draw: &mut Draw) -> Result<(), String> {
        match draw.below(40) {
            0 => self.pass_time(draw),
            1 => self.arm(draw),
            2 => self.run_rotations(draw),
            3 => return self.ask(draw),
            4 if draw.one_in(20) => {
                let saved = self.engine.save();
                self.engine = Engine::restored(saved);
            }
            5 if draw.one_in(10) => drop(self.engine.hold(self.now).snapshot()),
            _ => {
                let Some(call) = Call::draw(draw, &self.known) else {
                    return Ok(());
                };
                let caller = draw.one_in(10).then_some(Caller {
                    invocation: InvocationNumber(1),
                    step: Step::CreateSecret,
                });
                let request = Request {
                    method: &call.method,
                    uri: &call.uri,
                    headers: &call.headers,
                    body: &call.body,
                    caller,
                };
                self.now = self.now.plus_millis(7);
                let outcome = self.engine.call(&request, self.now);
                let body = String::from_utf8_lossy(&call.body);
                return self
                    .check(draw, outcome)
                    .map_err(|problem| format!("{} {}: {body}: {problem}", call.name, call.uri));
            }
        }
        Ok(())
    }

    fn check(&mut self, draw: &mut Draw, outcome: Outcome) -> Result<(), String> {
        let is_struck = outcome.fault.is_some();
        let response = match outcome.ending {
            Ending::Reply(response) => response,
            Ending::Run(_) => return Ok(()),
            _ if is_struck => return Ok(()),
            other => return Err(format!("no answer: {other:?}")),
        };
        if is_struck {
            return Ok(());
        }
        let status = response.status().as_u16();
        if status >= 500 && status != 501 {
            return Err(format!("{status} {:?}", response.body()));
        }
        self.succeeded += usize::from(status < 300);
        self.read(draw, &response)
    }

    /// Reads an answer as what it says that it is.
    fn read(&mut self, draw: &mut Draw, response: &Response<Bytes>) -> Result<(), String> {
        let kind = response.headers().get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let body = response.body();
        if kind.contains("json") && !body.is_empty() {
            let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            self.known.learn(draw, &value);
        }
        if kind.contains("xml") {
            let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
            check_xml(text)?;
        }
        Ok(())
    }

    fn pass_time(&mut self, draw: &mut Draw) {
        let spans = [1, 60_000, 3_600_000, 86_400_000, 31 * 86_400_000, -5_000];
        self.now = self.now.plus_millis(*draw.pick(&spans));
        // As far as the server's clock goes.
        self.now = self.now.min(Timestamp::from_seconds(221_845_392_000));
        for _ in 0..20 {
            match self.engine.poll_timeout() {
                Some((due, _)) if due <= self.now => self.engine.handle_timeout(self.now),
                _ => break,
            }
        }
    }

    fn arm(&mut self, draw: &mut Draw) {
        let faults = self.engine.faults();
        if faults.ledger().len() > 3 {
            faults.clear();
        }
        let (_, kind) = draw.pick(&Verdict::ALL);
        let times = draw
            .pick(&[json!(1), json!(3), json!("forever"), json!("for=30s")])
            .clone();
        let at = ["*", "secretsmanager.*", "appsync.*", "GraphQL"];
        let rule = json!({ "at": draw.pick(&at), "kind": kind, "times": times, "optional": true });
        let read: Result<Rule, _> = serde_json::from_value(rule);
        if let Ok(rule) = read {
            self.engine.faults().arm(rule);
        }
    }

    fn run_rotations(&mut self, draw: &mut Draw) {
        for _ in 0..8 {
            let Some(invocation) = self.engine.poll_invocation(self.now) else {
                return;
            };
            let result = match draw.below(3) {
                0 => Err(StepFailure {
                    error_type: draw.hostile(),
                    message: draw.hostile(),
                }),
                _ => Ok(()),
            };
            self.engine
                .invocation_finished(invocation.number, result, self.now);
        }
    }

    /// A question to a data plane, valid or not.
    fn ask(&mut self, draw: &mut Draw) -> Result<(), String> {
        let words: Vec<&str> = (0..draw.below(20)).map(|_| *draw.pick(&GRAPHQL)).collect();
        let question = words.join(" ");
        let body = json!({ "query": question, "variables": { "a": self.known.text(draw) } });
        let mut headers = HeaderMap::new();
        let host = format!(
            "{}.appsync-api.us-east-1.amazonaws.com",
            self.known.text(draw)
        );
        for (name, value) in [("host", host), ("x-api-key", self.known.text(draw))] {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        let uri = Uri::from_static("/graphql");
        let body = body.to_string();
        let request = Request {
            method: &Method::POST,
            uri: &uri,
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        let outcome = self.engine.call(&request, self.now);
        self.check(draw, outcome)
            .map_err(|problem| format!("{question}: {problem}"))
    }
}

/// Is a text XML, with only such letters as XML has?
fn check_xml(text: &str) -> Result<(), String> {
    let is_wrong = |letter: char| {
        (letter < ' ' && !"\t\n\r".contains(letter)) || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    if let Some(letter) = text.chars().find(|letter| is_wrong(*letter)) {
        return Err(format!("{letter:?} in XML"));
    }
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(format!("{error} in {text}")),
        }
    }
}
