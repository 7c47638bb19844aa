//! One request, one answer, one service event in a few words, by aliases.

use std::fmt;

use keywheel_emulator::ids::{ApiKeyId, VersionId};
use serde_json::Value;

use super::{Exchange, Names, Seen, ServiceEvent, What};

impl What {
    /// What addresses call it, if it is a call: `PutSecretValue`, `postgres.ALTER`.
    pub fn operation(&self) -> Option<String> {
        match self {
            Self::Call(exchange) => Some(exchange.operation.to_owned()),
            Self::Target(call) => Some(call.call.to_string()),
            _ => None,
        }
    }
}

/// What a request asked: `PutSecretValue token1 [AWSPENDING] k1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    operation: &'static str,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    /// The name of a version, a label, a key.
    Name(String),
    Labels(Vec<String>),
    From(String),
    To(String),
    With(String),
    Listed {
        keys: usize,
        has_more: bool,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Labels(labels) => write!(f, "[{}]", labels.join(" ")),
            Self::From(version) => write!(f, "from {version}"),
            Self::To(version) => write!(f, "to {version}"),
            Self::With(key) => write!(f, "with {key}"),
            Self::Listed { keys, has_more } => {
                let more = if *has_more { ", more follow" } else { "" };
                write!(f, "({keys} keys{more})")
            }
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|part| format!(" {part}"));
        f.pad(&format!("{}{}", self.operation, parts.collect::<String>()))
    }
}

/// What came back: `200`, `400 ResourceExistsException`, `no answer`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Got {
    /// An answer.
    Answer {
        /// Its status.
        status: u16,
        /// The type of the error, if it is one.
        error: Option<String>,
    },
    /// A closed connection.
    Dropped,
    /// Nothing.
    Silence,
    /// The function's end.
    Killed,
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, error } => match error {
                Some(error) => write!(f, "{status} {error}"),
                None => write!(f, "{status}"),
            },
            Self::Dropped => f.write_str("connection closed"),
            Self::Silence => f.write_str("no answer"),
            Self::Killed => f.write_str("the function dies here"),
        }
    }
}

/// What a request asked.
pub fn request(exchange: &Exchange, names: &Names) -> Asked {
    let sent: Value = serde_json::from_slice(&exchange.body).unwrap_or(Value::Null);
    let version = |member| version(&sent, member, names);
    let parts: [Option<Part>; 3] = match exchange.operation {
        "GetSecretValue" => [
            version("VersionId").map(Part::Name),
            text(&sent, "VersionStage").map(Part::Name),
            None,
        ],
        "PutSecretValue" => [
            version("ClientRequestToken").map(Part::Name),
            labels(&sent),
            key_in(&exchange.body, names),
        ],
        "UpdateSecretVersionStage" => [
            text(&sent, "VersionStage").map(Part::Name),
            version("RemoveFromVersionId").map(Part::From),
            version("MoveToVersionId").map(Part::To),
        ],
        "UpdateApiKey" | "DeleteApiKey" => [key_in_path(exchange, names), None, None],
        "CreateApiKey" => [created_key(exchange, names), None, None],
        "ListApiKeys" => [listed(exchange), None, None],
        "GraphQL" | "EventConnect" => [shown_key(exchange, names), None, None],
        _ => [None, None, None],
    };
    Asked {
        operation: exchange.operation,
        parts: parts.into_iter().flatten().collect(),
    }
}

/// What came back.
pub fn outcome(exchange: &Exchange) -> Got {
    match &exchange.outcome {
        Seen::Answer { status, .. } => Got::Answer {
            status: *status,
            error: exchange.error_type(),
        },
        Seen::Dropped => Got::Dropped,
        Seen::Silence => Got::Silence,
        Seen::Killed => Got::Killed,
    }
}

/// What a service did, or the function's machine.
pub fn service(event: &ServiceEvent, names: &Names) -> String {
    let name = |key: &ApiKeyId| names.key(key.expose()).to_owned();
    match event {
        ServiceEvent::FaultsStop => "faults stop; a clean rotation follows".to_owned(),
        ServiceEvent::Frozen { span, operation } => {
            format!("the function is frozen for {span} before {operation}")
        }
        ServiceEvent::LandsLate { operation } => format!("an effect of {operation} lands late"),
        ServiceEvent::Skipped(step) => format!("{step} is skipped"),
        ServiceEvent::RotationRefused { secret, refusal } => format!("{secret}: {refusal}"),
        ServiceEvent::Listens { client, key } => format!("{client} listens with {}", name(key)),
        ServiceEvent::CutOff { client, key } => {
            format!("{client} listens with {} and is cut off", name(key))
        }
        ServiceEvent::CannotComeBack { client, why } => format!("{client} cannot come back: {why}"),
    }
}

fn text(sent: &Value, member: &str) -> Option<String> {
    sent.get(member)?.as_str().map(str::to_owned)
}

fn version(sent: &Value, member: &str, names: &Names) -> Option<String> {
    Some(names.version(&VersionId::new(text(sent, member)?)))
}

fn labels(sent: &Value) -> Option<Part> {
    let labels = sent.get("VersionStages")?.as_array()?;
    let words = labels.iter().filter_map(Value::as_str);
    Some(Part::Labels(words.map(str::to_owned).collect()))
}

fn key_in(body: &[u8], names: &Names) -> Option<Part> {
    let text = String::from_utf8_lossy(body);
    let mut known = names.keys();
    let (_, name) = known.find(|(key, _)| text.contains(key))?;
    Some(Part::Name(name.to_owned()))
}

fn key_in_path(exchange: &Exchange, names: &Names) -> Option<Part> {
    let key = exchange.uri.path().rsplit('/').next()?;
    Some(Part::Name(names.key(key).to_owned()))
}

fn created_key(exchange: &Exchange, names: &Names) -> Option<Part> {
    let Seen::Answer { body, .. } = &exchange.outcome else {
        return None;
    };
    key_in(body, names)
}

fn listed(exchange: &Exchange) -> Option<Part> {
    let Seen::Answer { body, .. } = &exchange.outcome else {
        return None;
    };
    let value: Value = serde_json::from_slice(body).ok()?;
    Some(Part::Listed {
        keys: value.get("apiKeys")?.as_array()?.len(),
        has_more: value.get("nextToken").is_some(),
    })
}

fn shown_key(exchange: &Exchange, names: &Names) -> Option<Part> {
    let key = exchange.shown_key()?;
    Some(Part::With(names.key(key.expose()).to_owned()))
}
