//! Bodies, headers and targets that nobody would send: no panic, no 5xx but for what is not
//! emulated at all.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::ops;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use keywheel_emulator::wire::service::Service;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Inputs in a run of the checks; `KEYWHEEL_FUZZ_INPUTS` asks for more, such as a million.
const INPUTS: u32 = 20_000;

const TABLE: &str = include_str!("../../constraints/secretsmanager.json");

fn inputs() -> u32 {
    let asked = std::env::var("KEYWHEEL_FUZZ_INPUTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(INPUTS)
}

/// Every member name of the model, so that the fuzz gets past the first look.
static MEMBERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = TABLE.split("\"name\":\"").skip(1);
    let names = names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    names.collect()
});

fn operations() -> Vec<&'static str> {
    let rows = ops::rows().filter(|row| row.service == Service::SecretsManager);
    rows.map(|row| row.name).collect()
}

fn any_value() -> impl Strategy<Value = Value> {
    let words = select(vec![
        "s",
        "t",
        "AWSCURRENT",
        "AWSPENDING",
        "name",
        "asc",
        "rate(4 hours)",
        "cron(0 8 ? * 2#1 *)",
        "default",
        "{}",
        "eu-west-1",
        "YQ==",
    ]);
    let leaf = prop_oneof![
        4 => words.prop_map(Value::from),
        2 => "[a-zA-Z0-9-]{32,36}".prop_map(Value::from),
        1 => "\\PC{0,40}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(select(MEMBERS.clone()), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => btree_map(select(MEMBERS.clone()), any_value(), 0..6)
            .prop_map(|members| json!(members).to_string().into_bytes()),
        1 => vec(any::<u8>(), 0..200),
        1 => (btree_map(select(MEMBERS.clone()), any_value(), 0..6), 0..100_usize).prop_map(|(members, cut)| {
            let mut bytes = json!(members).to_string().into_bytes();
            bytes.truncate(cut);
            bytes
        }),
    ]
}

fn any_target() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(operations()).prop_map(|name| format!("secretsmanager.{name}")),
        1 => "secretsmanager[.]?\\PC{0,20}",
        1 => "\\PC{0,20}",
    ]
}

fn any_credential() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("AWS4-HMAC-SHA256 Credential=000000000000/20261122/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0".to_owned()),
        1 => "AWS4-HMAC-SHA256 Credential=[0-9a-z/-]{0,60}",
        1 => "\\PC{0,40}",
    ]
}

/// One world for all inputs: what one leaves behind, the next meets.
struct World(Engine, Timestamp);

impl World {
    fn send(&mut self, target: &str, credential: &str, body: &[u8]) -> (u16, String) {
        self.1 = self.1.plus_millis(997);
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-amz-target", target), ("authorization", credential)] {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        let request = Request {
            method: &Method::POST,
            uri: &Uri::from_static("/"),
            headers: &headers,
            body,
            caller: None,
        };
        let Ending::Reply(response) = self.0.call(&request, self.1).ending else {
            panic!("no answer");
        };
        let text = String::from_utf8_lossy(response.body()).into_owned();
        (response.status().as_u16(), text)
    }
}

#[test]
fn no_input_panics_or_is_called_the_servers_fault() {
    let world = std::cell::RefCell::new(World(
        Engine::new(EngineOptions::default()),
        Timestamp::from_seconds(1_795_000_000),
    ));
    let config = ProptestConfig {
        cases: inputs(),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let input = (any_target(), any_credential(), any_body());
    let ran = runner.run(&input, |(target, credential, body)| {
        let (status, text) = world.borrow_mut().send(&target, &credential, &body);
        let is_known = operations()
            .iter()
            .any(|name| target == format!("secretsmanager.{name}"));
        prop_assert!(
            status < 500 || (status == 501 && (!is_known || text.contains("is not emulated"))),
            "{} {}",
            status,
            text
        );
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}
