//! What machines read and write has a schema, and every line that is written and every scenario
//! that there is holds to it.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use keywheel::scenario::Scenario;
use keywheel::suite;
use keywheel_clients::{Client, Test, tests};
use serde_json::{Value, json};

/// The tests of this file, and what they need.
fn tests() -> Vec<Test> {
    tests![
        [Jsonschema] every_scenario_has_a_json_form_that_is_valid_and_reads_back_as_the_same,
        [Jsonschema] what_is_no_scenario_is_not_valid,
        [Jsonschema] the_command_prints_the_json_form_and_runs_it,
        [Jsonschema] every_line_of_every_report_is_valid,
        [Jsonschema] what_merge_writes_of_shards_is_valid,
    ]
}

const REPORT: &str = "report.schema.json";
const SCENARIO: &str = "scenario.schema.json";

/// What is wrong with each value by a schema; an empty text if nothing is.
fn errors(schema: &str, values: &[Value]) -> Vec<String> {
    let folder = top().join("harness");
    let mut child = Command::new(Client::Jsonschema.program())
        .arg(folder.join("tests/schema/validate.py"))
        .arg(folder.join(schema))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
    let mut input = child.stdin.take().unwrap();
    // Written beside reading, so that neither waits for the other.
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(writer.join().unwrap().is_ok() && output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<String> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), values.len());
    told
}

fn assert_valid(schema: &str, values: &[Value], what: &str) {
    for (value, error) in values.iter().zip(errors(schema, values)) {
        assert!(error.is_empty(), "{what}: {error}\n{value}");
    }
}

fn top() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn scenarios() -> Vec<Scenario> {
    suite::read(&[top().join("scenarios")]).unwrap()
}

fn keywheel(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel"));
    command.current_dir(top()).args(arguments).output().unwrap()
}

fn every_scenario_has_a_json_form_that_is_valid_and_reads_back_as_the_same() {
    let (mut values, folder) = (Vec::new(), tempfile::tempdir().unwrap());
    for scenario in scenarios() {
        let text = serde_json::to_string(&scenario).unwrap();
        values.push(serde_json::from_str(&text).unwrap());
        let file = folder.path().join("one.json");
        std::fs::write(&file, text).unwrap();
        let mut read = suite::read_one(&file).unwrap();
        read.file.clone_from(&scenario.file);
        assert_eq!(read, scenario, "{}", scenario.name);
    }
    assert!(values.len() > 184);
    assert_valid(SCENARIO, &values, "scenarios");
}

fn what_is_no_scenario_is_not_valid() {
    let rotate = json!({"value": {"rotate": {}}});
    let fine = json!({"name": "x", "statements": [rotate]});
    assert_valid(SCENARIO, &[fine], "the least scenario");
    let wrong = [
        json!({"statements": []}),
        json!({"name": "x", "statements": [{"value": {"rotates": {}}}]}),
        json!({"name": "x", "statements": [{"value": {"advance": "soon"}}]}),
        json!({"name": "x", "statements": [{"value": {"skip": {"step": "dropSecret"}}}]}),
        json!({"name": "x", "statements": [], "world": {"hold": "key"}}),
    ];
    for (value, error) in wrong.iter().zip(errors(SCENARIO, &wrong)) {
        assert!(!error.is_empty(), "{value}");
    }
}

fn the_command_prints_the_json_form_and_runs_it() {
    let text = "scenarios/happy/h1-first-rotation.scenario";
    let printed = keywheel(&["scenario", "--json", text]);
    let value: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_valid(SCENARIO, &[value], text);
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("h1.json");
    std::fs::write(&file, &printed.stdout).unwrap();
    let ran = keywheel(&["test", file.to_str().unwrap()]);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stdout)
    );
    std::fs::write(&file, "{\"name\": 7}").unwrap();
    let refused = keywheel(&["test", file.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("h1.json:1:"), "{told}");
}

const FIRST: &str = "scenarios/happy/h1-first-rotation.scenario";

/// Every command that reports, where it holds and where it finds something, as little of it as
/// there can be.
const REPORTING: [&[&str]; 11] = [
    &["test", "scenarios/happy"],
    // None of these is for the builtin rotator.
    &["test", "scenarios/password"],
    &["test", "scenarios/happy", "--function", "mutant:article-b"],
    &["fuzz", "--runs", "5"],
    &["fuzz", "--runs", "3", "--function", "mutant:article-b"],
    &["sweep", FIRST, "--shard", "1/40"],
    &[
        "sweep",
        FIRST,
        "--shard",
        "2/40",
        "--function",
        "mutant:deletes-foreign",
    ],
    &["interleave", FIRST, "--preemptions", "0"],
    &[
        "interleave",
        FIRST,
        "--whole",
        "--preemptions",
        "0",
        "--shard",
        "1/4",
    ],
    &["soak", "--rotations", "3", "--runs", "1"],
    &["mutants", "--only", "no-adoption", "--only", "article-b"],
];

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn every_line_of_every_report_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let found = folder.path().join("found");
    for (number, command) in REPORTING.iter().enumerate() {
        let file = folder.path().join(format!("{number}.jsonl"));
        let report = format!("json={}", file.display());
        let mut arguments = [command, &["--report", &report][..]].concat();
        if !["test", "mutants"].contains(&command[0]) {
            arguments.extend(["--out", found.to_str().unwrap()]);
        }
        let output = keywheel(&arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            output
                .status
                .code()
                .is_some_and(|code| code < 5 && code != 2),
            "{command:?}: {told}"
        );
        let values = lines(&file);
        assert!(values.len() > 1, "{command:?}");
        assert_eq!(values[0]["mode"], command[0]);
        assert_valid(REPORT, &values, &format!("{command:?}"));
    }
}

fn what_merge_writes_of_shards_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let found = file("found");
    let parts = [file("1.jsonl"), file("2.jsonl")];
    for (part, shard) in parts.iter().zip(["1/2", "2/2"]) {
        let report = format!("json={part}");
        let bad = [
            "--function",
            "mutant:article-b",
            "--runs",
            "4",
            "--out",
            &found,
        ];
        keywheel(&[&["fuzz", "--shard", shard, "--report", &report][..], &bad].concat());
    }
    let (whole, report) = (file("whole.jsonl"), format!("json={}", file("whole.jsonl")));
    let merged = keywheel(&["merge", &parts[0], &parts[1], "--report", &report]);
    assert_eq!(merged.status.code(), Some(1));
    let values = lines(Path::new(&whole));
    let summary = values.last().unwrap();
    assert_eq!(
        (&summary["type"], &summary["shards_folded"]),
        (&json!("summary"), &json!(2))
    );
    assert!(
        summary["findings"]
            .as_array()
            .is_some_and(|found| !found.is_empty())
    );
    assert_valid(REPORT, &values, "merge");
}

fn main() -> std::process::ExitCode {
    keywheel_clients::run(tests())
}
