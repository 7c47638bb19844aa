//! Plays the recordings scenario by scenario and compares every answer.
//!
//! `secretsmanager.json` holds the recordings; `staged.json` holds the calls around those of which
//! only an assertion is left. What is not played here is listed here, with its reason.

use std::collections::BTreeMap;

use keywheel_clients::{Test, tests};
use keywheel_emulator::ids::Scope;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::stage::{FUNCTION, Stage};
use super::template::{Bindings, Extent};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] aws_answers_are_given_again,
        [] nothing_is_left_out_in_vain,
    ]
}

/// Scenarios that are not replayed here: the beginning of their names, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("cfn/", "made by CloudFormation"),
    ("events/", "a secret of an EventBridge connection"),
    ("sfn/", "called through Step Functions"),
    (
        "ls-assert/cross_account_",
        "called from another account: cross_account.rs",
    ),
    ("moto/rotate_", "observed inside a rotation: rotation.rs"),
    (
        "ls-assert/rotated_labels",
        "its function takes AWSPENDING off itself: rotation.rs",
    ),
    (
        "user/placeholder",
        "observed inside a rotation: rotation.rs",
    ),
    ("user/next_rotation", "needs dates: rotation.rs"),
    (
        "user/pending_rotation",
        "needs a failed rotation: rotation.rs",
    ),
    ("user/raw_get", "bytes, not members: rotation.rs"),
    (
        "user/was_deleted",
        "needs the delay of a forced deletion: rotation.rs",
    ),
    (
        "ls-assert/last_updated_date",
        "compares two dates: rotation.rs",
    ),
];

#[derive(Deserialize)]
struct Entry {
    id: String,
    scenario: String,
    operation: String,
    error_code: Option<String>,
    message: Option<String>,
    response_fields: Map<String, Value>,
    request: Option<Value>,
    #[serde(default)]
    calls_before: Vec<Call>,
    evidence: String,
}

#[derive(Clone, Deserialize)]
struct Call {
    operation: String,
    request: Value,
}

/// The calls around the entries of a scenario, one element for each entry.
#[derive(Deserialize)]
struct Staged {
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
    entries: Vec<StagedEntry>,
}

#[derive(Clone, Deserialize)]
struct StagedEntry {
    #[serde(default)]
    before: Vec<Call>,
    request: Option<Value>,
}

fn entries() -> Vec<Entry> {
    serde_json::from_str(include_str!("secretsmanager.json")).expect("the recordings parse")
}

fn staged() -> BTreeMap<String, Staged> {
    serde_json::from_str(include_str!("staged.json")).expect("the staging parses")
}

fn aws_answers_are_given_again() {
    let mut stage = Stage::open();
    let entries = entries();
    let staged = staged();
    let mut scenarios: Vec<&str> = entries
        .iter()
        .map(|entry| entry.scenario.as_str())
        .collect();
    scenarios.dedup();
    let (mut failures, mut replayed) = (Vec::new(), 0);
    for scenario in scenarios
        .into_iter()
        .filter(|scenario| !is_left_out(scenario))
    {
        let of_scenario = entries.iter().filter(|entry| entry.scenario == scenario);
        let mut play = Play::new(&mut stage, scenario, staged.get(scenario));
        for (number, entry) in of_scenario.enumerate() {
            replayed += 1;
            if let Err(difference) = play.entry(number, entry) {
                failures.push(format!("{}\n    {difference}", entry.id));
                break;
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(replayed > 350, "only {replayed} entries were replayed");
}

fn nothing_is_left_out_in_vain() {
    let entries = entries();
    for (prefix, reason) in LEFT_OUT {
        let is_there = entries
            .iter()
            .any(|entry| entry.scenario.starts_with(prefix));
        assert!(is_there, "{prefix} ({reason})");
    }
    for scenario in staged().keys() {
        assert!(
            entries.iter().any(|entry| entry.scenario == *scenario),
            "{scenario}"
        );
    }
}

fn is_left_out(scenario: &str) -> bool {
    LEFT_OUT
        .iter()
        .any(|(prefix, _)| scenario.starts_with(prefix))
}

/// One scenario being replayed.
struct Play<'a> {
    stage: &'a mut Stage,
    bindings: Bindings,
    staged: Option<&'a Staged>,
}

impl<'a> Play<'a> {
    fn new(stage: &'a mut Stage, scenario: &str, staged: Option<&'a Staged>) -> Self {
        stage.reset();
        stage.fills_tokens = !scenario.contains("no_client_request_token");
        let mut bindings = Bindings::default();
        let scope = Scope::default();
        for (name, value) in [
            ("PARTITION", "aws"),
            ("REGION", scope.region.as_str()),
            ("ACCOUNT", scope.account.as_str()),
            ("NAME1", "app/first"),
            ("NAME2", "app/second"),
            ("NAME3", "app/third"),
            ("S", "a value"),
            ("U", "a1b2c3"),
            (
                "JSON-TEXT-OF-THE-POLICY",
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}"#,
            ),
            ("LAMBDA_ARN", FUNCTION),
            (
                "ARN-OF-A-FUNCTION-THAT-DOES-NOT-EXIST",
                "arn:aws:lambda:x:1:function:none",
            ),
            ("UNKNOWN_NAME", "nobody"),
            ("UNKNOWN_VERSION_ID", "00000000-0000-4000-8000-000000000000"),
            ("TOKEN", "11111111-1111-4111-8111-111111111111"),
        ] {
            bindings.bind(name, value);
        }
        Self {
            stage,
            bindings,
            staged,
        }
    }

    fn entry(&mut self, number: usize, entry: &Entry) -> Result<(), String> {
        let staged = self
            .staged
            .and_then(|staged| staged.entries.get(number))
            .cloned();
        let before = staged.iter().flat_map(|it| it.before.clone());
        let bytes = entry.response_fields.get("SecretBinary");
        for call in before.chain(entry.calls_before.iter().cloned()) {
            self.call(&call.operation, &with_bytes(call.request, bytes));
        }
        let staged_request = staged.and_then(|it| it.request);
        let request = entry.request.clone().or(staged_request);
        let request = request.ok_or("no request: stage one")?;
        let answer = self.call(&entry.operation, &request);
        self.compare(entry, &answer)
    }

    fn call(&mut self, operation: &str, request: &Value) -> Answer {
        self.bindings.bind_token(request);
        let answer = self.stage.call(operation, self.bindings.fill(request));
        for (member, kind) in [("VersionId", "V"), ("ARN", "ARN")] {
            if let Some(value) = answer.body[member].as_str() {
                self.bindings.bind_next(kind, value);
            }
        }
        self.stage.rotate();
        answer
    }

    fn compare(&mut self, entry: &Entry, answer: &Answer) -> Result<(), String> {
        let Some(code) = &entry.error_code else {
            return self.compare_success(entry, answer);
        };
        let (got, status) = (answer.error_code(), answer.status);
        if got != Some(code) || status != 400 {
            return Err(format!("recorded {code}, got {status} {}", answer.text));
        }
        let message = entry
            .message
            .as_deref()
            .map(|text| self.bindings.fill_text(text));
        if message.is_some() && message.as_deref() != answer.message() {
            return Err(format!("recorded {message:?}, got {:?}", answer.message()));
        }
        Ok(())
    }

    fn compare_success(&mut self, entry: &Entry, answer: &Answer) -> Result<(), String> {
        if answer.status != 200 {
            return Err(format!(
                "recorded a success, got {} {}",
                answer.status, answer.text
            ));
        }
        let mut recorded = entry.response_fields.clone();
        if recorded.contains_key("include") {
            return self.compare_members(&recorded, &answer.body);
        }
        if let Some(names) = recorded.get_mut("SecretList[].Name") {
            *names = self.names(names).into();
        }
        let extent = if entry.evidence == "snapshot" {
            Extent::Whole
        } else {
            Extent::Part
        };
        self.bindings.matches(&recorded, &answer.body, extent)
    }

    /// A list of which some names must be and some must not be members.
    fn compare_members(&self, recorded: &Map<String, Value>, body: &Value) -> Result<(), String> {
        let list = body["SecretList"].as_array().ok_or("no list")?;
        let is_listed = |name: &String| list.iter().any(|secret| secret["Name"] == **name);
        let include = self.names(&recorded["include"]);
        let exclude = self.names(&recorded["exclude"]);
        if include.iter().all(is_listed) && !exclude.iter().any(is_listed) {
            return Ok(());
        }
        Err(format!(
            "recorded {include:?} without {exclude:?}, got {body}"
        ))
    }

    /// The names that a recording's short names stand for.
    fn names(&self, short: &Value) -> Vec<String> {
        let known = |name: &str| Some(self.staged?.names.get(name)?.clone());
        let short = short
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let long = |name: &str| known(name).unwrap_or_else(|| vec![name.to_owned()]);
        short
            .flat_map(long)
            .map(|name| self.bindings.fill_text(&name))
            .collect()
    }
}

/// Some set-up calls name their bytes only by what the next answer shows.
fn with_bytes(mut request: Value, bytes: Option<&Value>) -> Value {
    let is_placeholder = request["SecretBinary"]
        .as_str()
        .is_some_and(|text| text.starts_with("{bytes"));
    if is_placeholder {
        request["SecretBinary"] = bytes.cloned().unwrap_or(json!("AA=="));
    }
    request
}
