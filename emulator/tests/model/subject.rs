//! The emulator, called over its wire, and seen as the model sees itself.

use std::collections::BTreeMap;

use keywheel_emulator::state::Settings;
use serde_json::{Value, json};

use super::reference::Outcome;
use super::transition::{Transition, token, value};

#[expect(dead_code, reason = "the model needs a part of the answers only")]
#[path = "../recorded/answer.rs"]
mod answer;
#[expect(dead_code, reason = "the model needs a part of the stage only")]
#[path = "../recorded/stage.rs"]
mod stage;

use answer::Answer;
use stage::{FUNCTION, Stage};

/// The codes that the model knows, so that outcomes compare as what they are.
const CODES: [&str; 4] = [
    "ResourceNotFoundException",
    "InvalidRequestException",
    "InvalidParameterException",
    "ResourceExistsException",
];

pub(crate) struct Subject(Stage);

impl Subject {
    pub(crate) fn new() -> Self {
        Self(Stage::new(Settings::default()))
    }

    pub(crate) fn apply(&mut self, transition: &Transition) -> Outcome {
        let (operation, request) = match transition {
            Transition::Step { is_good } => return Ok(self.step(*is_good)),
            other => call(other),
        };
        let answer = self.0.call(operation, request);
        match answer.status {
            200 => Ok(shown(operation, &answer)),
            _ => Err(code(&answer)),
        }
    }

    fn step(&mut self, is_good: bool) -> String {
        let stage = &mut self.0;
        let Some(invocation) = stage.engine.poll_invocation(stage.now) else {
            return "nothing to run".to_owned();
        };
        let step = invocation.step.as_str();
        let (id, token) = (invocation.secret.as_str(), invocation.token.as_str());
        if !is_good {
            let failure = keywheel_emulator::state::rotations::StepFailure {
                error_type: "Error".to_owned(),
                message: String::new(),
            };
            stage
                .engine
                .invocation_finished(invocation.number, Err(failure), stage.now);
            return format!("{step} failed");
        }
        match step {
            "createSecret" => {
                let read = stage.call(
                    "GetSecretValue",
                    json!({"SecretId": id, "VersionId": token}),
                );
                if read.status != 200 {
                    let put = json!({
                        "SecretId": id, "ClientRequestToken": token, "SecretString": value(2),
                        "VersionStages": ["AWSPENDING"],
                    });
                    stage.call("PutSecretValue", put);
                }
            }
            "finishSecret" => {
                let stages = stage.must("DescribeSecret", json!({"SecretId": id}));
                let stages = labels(&stages);
                let current = stages
                    .iter()
                    .find(|(_, labels)| labels.contains("AWSCURRENT"));
                let from = current.map(|(version, _)| version.clone());
                let moved = json!({
                    "SecretId": id, "VersionStage": "AWSCURRENT", "MoveToVersionId": token,
                    "RemoveFromVersionId": from,
                });
                stage.call("UpdateSecretVersionStage", moved);
            }
            _ => {}
        }
        stage
            .engine
            .invocation_finished(invocation.number, Ok(()), stage.now);
        format!("{step} done")
    }

    /// As the model's: every version with its labels and its value.
    pub(crate) fn state(&mut self) -> String {
        let described = self.0.call("DescribeSecret", json!({"SecretId": "s"}));
        if described.status != 200 {
            return "none".to_owned();
        }
        let described = described.body;
        let labels = labels(&described);
        let is_scheduled = described["DeletedDate"].is_number();
        let all = json!({"SecretId": "s", "IncludeDeprecated": true});
        let listed = self.0.must("ListSecretVersionIds", all);
        let listed = listed["Versions"].as_array().cloned().unwrap_or_default();
        let listed = listed
            .iter()
            .filter_map(|version| version["VersionId"].as_str());
        let mut ids: Vec<String> = listed
            .map(str::to_owned)
            .chain(labels.keys().cloned())
            .collect();
        ids.sort();
        ids.dedup();
        let lines: Vec<String> = ids.iter().map(|id| self.line(id, &labels)).collect();
        let tags = described["Tags"].as_array().map(|tags| {
            let keys = tags.iter().filter_map(|tag| tag["Key"].as_str());
            let mut keys: Vec<_> = keys.collect();
            keys.sort_unstable();
            keys.join(",")
        });
        let rotation = described["RotationEnabled"].as_bool();
        format!(
            "{} tags={tags:?} scheduled={is_scheduled} rotation={rotation:?}",
            lines.join(" ")
        )
    }

    /// The value is taken from a snapshot: a secret that is scheduled cannot be read.
    fn line(&mut self, id: &str, labels: &BTreeMap<String, String>) -> String {
        let snapshot = self.0.engine.snapshot(self.0.now);
        let version = snapshot.secrets[0]
            .versions
            .iter()
            .find(|(known, _)| known.as_str() == id);
        let stored =
            version.and_then(|(_, version)| Some(version.value.as_ref()?.expose().to_owned()));
        let labels = labels.get(id).map_or("", String::as_str);
        format!(
            "{id}=[{labels}] {}",
            stored.unwrap_or_else(|| "-".to_owned())
        )
    }
}

fn call(transition: &Transition) -> (&'static str, Value) {
    match transition {
        Transition::Create {
            token: id,
            value: new,
        } => (
            "CreateSecret",
            json!({"Name": "s", "ClientRequestToken": token(*id), "SecretString": new.map(value)}),
        ),
        Transition::Put {
            token: id,
            value: new,
            labels,
        } => {
            let mut request = json!({"SecretId": "s", "ClientRequestToken": token(*id), "SecretString": value(*new)});
            if !labels.is_empty() {
                request["VersionStages"] = json!(labels);
            }
            ("PutSecretValue", request)
        }
        Transition::Update {
            token: id,
            value: new,
        } => (
            "UpdateSecret",
            json!({"SecretId": "s", "ClientRequestToken": token(*id), "SecretString": new.map(value)}),
        ),
        Transition::Stage { label, from, to } => (
            "UpdateSecretVersionStage",
            json!({
                "SecretId": "s", "VersionStage": label,
                "RemoveFromVersionId": from.map(token), "MoveToVersionId": to.map(token),
            }),
        ),
        Transition::Get { version, label } => (
            "GetSecretValue",
            json!({"SecretId": "s", "VersionId": version.map(token), "VersionStage": label}),
        ),
        Transition::Delete { is_forced } => (
            "DeleteSecret",
            json!({"SecretId": "s", "ForceDeleteWithoutRecovery": is_forced}),
        ),
        Transition::Restore => ("RestoreSecret", json!({"SecretId": "s"})),
        Transition::Rotate { token: id } => (
            "RotateSecret",
            json!({"SecretId": "s", "ClientRequestToken": token(*id), "RotationLambdaARN": FUNCTION}),
        ),
        Transition::Cancel | Transition::Step { .. } => {
            ("CancelRotateSecret", json!({"SecretId": "s"}))
        }
        Transition::Tag { key } => (
            "TagResource",
            json!({"SecretId": "s", "Tags": [{"Key": key.to_string(), "Value": "v"}]}),
        ),
        Transition::Untag { key } => (
            "UntagResource",
            json!({"SecretId": "s", "TagKeys": [key.to_string()]}),
        ),
    }
}

/// What the model tells of a success.
fn shown(operation: &str, answer: &Answer) -> String {
    let text = |member: &str| answer.body[member].as_str().unwrap_or_default().to_owned();
    let mut stages: Vec<_> = answer.body["VersionStages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    stages.sort_unstable();
    let stages = stages.join(",");
    match operation {
        "GetSecretValue" => format!("{} [{stages}] {}", text("VersionId"), text("SecretString")),
        "PutSecretValue" => format!("{} [{stages}]", text("VersionId")),
        _ => text("VersionId"),
    }
}

fn code(answer: &Answer) -> &'static str {
    let code = answer.error_code().unwrap_or_default();
    CODES
        .into_iter()
        .find(|known| *known == code)
        .unwrap_or("an unexpected code")
}

/// The labels of each version, sorted and joined.
fn labels(described: &Value) -> BTreeMap<String, String> {
    let stages = described["VersionIdsToStages"].as_object();
    let joined = |(id, labels): (&String, &Value)| {
        let mut labels: Vec<_> = labels
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        labels.sort_unstable();
        (id.clone(), labels.join(","))
    };
    stages.into_iter().flatten().map(joined).collect()
}
