//! No output of the rotator has a key in it, in any scenario, with its log at TRACE.
//!
//! The oracle `no-secret-leaked` reads the log, the metrics, errors and descriptions as they come.
//! Here the keys are searched for once more, by forms of this test's own, in what the function
//! answered and in what people are shown of a run.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use keywheel::history::{InvocationEnd, What};
use keywheel::record::Run;
use keywheel::record::timeline;
use keywheel::run::run;
use keywheel::scenario::{Holds, OracleId};
use keywheel::subject::builtin::Builtin;
use keywheel::suite;

/// A key as it would look in plain, in base64 at any offset, percent-encoded and escaped for JSON.
fn forms(key: &str) -> Vec<String> {
    let tail = &key[4..];
    let each = |show: fn(u8) -> String| tail.bytes().map(show).collect::<String>();
    let mut forms = vec![
        tail.to_owned(),
        tail.to_uppercase(),
        tail.chars().rev().collect(),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("{byte:02x}")),
    ];
    for offset in 0..3 {
        let text = format!("{}{tail}", "x".repeat(offset));
        for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            // The first and the last group of four may hold bits of what stands beside the key.
            forms.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    forms
}

fn shown(run: &Run) -> String {
    let ends = run
        .history
        .events()
        .iter()
        .filter_map(|event| match &event.what {
            What::Ended {
                end:
                    InvocationEnd::Failed {
                        error_type,
                        message,
                    },
                ..
            } => Some(format!("{error_type}: {message}")),
            _ => None,
        });
    let mut shown: Vec<String> = ends.collect();
    shown.push(timeline::of(run));
    shown.extend(timeline::objections(run));
    shown.join("\n")
}

#[test]
fn a_key_is_found_in_every_form() {
    let key = "da2-abcdefghijklmnopqrstuvwxy4";
    let escaped: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let percent: String = key.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for text in [
        key.to_owned(),
        escaped,
        percent,
        STANDARD_NO_PAD.encode(format!("{{\"APIKEY\":\"{key}\"}}")),
        STANDARD_NO_PAD.encode(format!("{{\"APIKEY\": \"{key}\"}}")),
        URL_SAFE_NO_PAD.encode(format!("{{\"host\":\"h\",\"x-api-key\":\"{key}\"}}")),
    ] {
        let found = forms(key).iter().any(|form| text.contains(form.as_str()));
        assert!(found, "{text}");
    }
}

#[test]
fn no_scenario_shows_a_key() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let scenarios = suite::read(&[folder]).unwrap_or_else(|error| panic!("{error}"));
    let mut keys = 0;
    for scenario in scenarios {
        if scenario.world.holds == Holds::Password {
            continue;
        }
        let run = run(&scenario, &Builtin);
        let is_leaking = run.is_violated_by(OracleId::NoSecretLeaked);
        assert!(!is_leaking, "{}", scenario.name);
        let shown = shown(&run);
        for (key, name) in run.names.keys() {
            keys += 1;
            let leaked = forms(key)
                .into_iter()
                .find(|form| shown.contains(form.as_str()));
            assert!(leaked.is_none(), "{}: {name} is shown", scenario.name);
        }
    }
    assert!(keys > 100, "{keys} keys were searched for");
}
