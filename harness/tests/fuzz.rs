//! Scenarios that somebody's editor, merge or disk has damaged: each is read, or refused with its
//! line, and what is read is what is printed.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::PathBuf;

use keywheel::scenario::print;
use keywheel::suite::{self, SuiteError};
use keywheel_emulator::entropy::Entropy;

/// Inputs in a run of the checks; `KEYWHEEL_FUZZ_INPUTS` asks for more.
const INPUTS: u64 = 5_000;

const HOSTILE: [&str; 20] = [
    "\0",
    "\r",
    "\u{feff}",
    "\u{202e}",
    "🔑",
    "\"",
    "\\",
    "\\u{110000}",
    "\\u{",
    "@",
    "@@",
    "#",
    "--",
    "-- a --",
    "x99999999999",
    "for=99999999999d",
    "<k0>",
    "=",
    "4294967296",
    "\t",
];

fn inputs() -> u64 {
    let asked = std::env::var("KEYWHEEL_FUZZ_INPUTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(INPUTS)
}

fn texts() -> Vec<String> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let files = suite::files(&[folder]).unwrap();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    files.iter().map(read).collect()
}

/// One of the texts, with lines and words of others in it, or something else.
fn damaged(texts: &[String], draw: &mut Entropy) -> String {
    let mut lines: Vec<String> = texts[draw.below(texts.len())]
        .lines()
        .map(str::to_owned)
        .collect();
    for _ in 0..=draw.below(4) {
        let at = draw.below(lines.len().max(1));
        let other = &texts[draw.below(texts.len())];
        let others: Vec<&str> = other.lines().collect();
        let line = others[draw.below(others.len())].to_owned();
        match draw.below(6) {
            0 => lines.insert(at.min(lines.len()), line),
            1 if at < lines.len() => drop(lines.remove(at)),
            2 if at < lines.len() => lines[at] = spliced(&lines[at], &line, draw),
            3 if at < lines.len() => {
                let letter = HOSTILE[draw.below(HOSTILE.len())];
                lines[at] = spliced(&lines[at], letter, draw);
            }
            4 => lines.truncate(at + 1),
            _ => lines.push(line),
        }
    }
    lines.join("\n")
}

/// A text with a part of another in the place of a part of its own.
fn spliced(text: &str, other: &str, draw: &mut Entropy) -> String {
    let (mut own, other): (Vec<char>, Vec<char>) =
        (text.chars().collect(), other.chars().collect());
    let from = draw.below(own.len() + 1);
    let to = from + draw.below(own.len() - from + 1);
    let start = draw.below(other.len() + 1);
    own.splice(from..to, other[start..].iter().copied());
    own.into_iter().collect()
}

#[test]
fn a_damaged_scenario_is_read_or_refused_with_its_line() {
    let (texts, mut read) = (texts(), 0);
    for seed in 0..inputs() {
        let text = damaged(&texts, &mut Entropy::from_seed(seed));
        match suite::read_text("damaged", &text) {
            Ok(scenario) => {
                read += 1;
                let printed = print(&scenario);
                let again = suite::read_text("damaged", &printed);
                let again = again.unwrap_or_else(|error| panic!("{seed}: {error}\n{printed}"));
                assert_eq!(again, scenario, "{seed}: {printed}");
            }
            Err(SuiteError::Scenario(error)) => assert!(error.line > 0, "{seed}: {error}"),
            Err(SuiteError::Function { .. }) => {}
            Err(other) => panic!("{seed}: {other}"),
        }
    }
    assert!(read > 0, "some are still scenarios");
}

#[test]
fn a_damaged_json_form_is_read_or_refused() {
    let texts = texts();
    let forms: Vec<String> = texts
        .iter()
        .filter_map(|text| suite::read_text("whole", text).ok())
        .map(|scenario| serde_json::to_string(&scenario).unwrap())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.json");
    for seed in 0..inputs().min(100_000) / 5 {
        let draw = &mut Entropy::from_seed(seed);
        let (one, other) = (
            &forms[draw.below(forms.len())],
            HOSTILE[draw.below(HOSTILE.len())],
        );
        std::fs::write(&path, spliced(one, other, draw)).unwrap();
        // Whatever comes of it, it is no panic.
        let _ = suite::read_one(&path).map(|scenario| print(&scenario));
    }
}
