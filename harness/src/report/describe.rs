//! One request in a few words.

use keywheel_emulator::ids::VersionId;
use serde_json::Value;

use crate::history::{Exchange, Seen};
use crate::names::Names;

/// What a request asked, in symbolic names: `PutSecretValue token1 [AWSPENDING] k1`.
pub fn request(exchange: &Exchange, names: &Names) -> String {
    let sent: Value = serde_json::from_slice(&exchange.body).unwrap_or(Value::Null);
    let detail = match exchange.operation {
        "GetSecretValue" => join([
            version(&sent, "VersionId", names),
            text(&sent, "VersionStage"),
        ]),
        "PutSecretValue" => join([
            version(&sent, "ClientRequestToken", names),
            labels(&sent),
            key_in(&exchange.body, names),
        ]),
        "UpdateSecretVersionStage" => join([
            text(&sent, "VersionStage"),
            version(&sent, "RemoveFromVersionId", names).map(|name| format!("from {name}")),
            version(&sent, "MoveToVersionId", names).map(|name| format!("to {name}")),
        ]),
        "UpdateApiKey" | "DeleteApiKey" => join([key_in_path(exchange, names)]),
        "CreateApiKey" => join([created_key(exchange, names)]),
        "ListApiKeys" => join([listed(exchange)]),
        "GraphQL" | "EventConnect" => join([shown_key(exchange, names)]),
        _ => String::new(),
    };
    format!("{}{detail}", exchange.operation)
}

/// What came back: `200`, `400 ResourceExistsException`, `no answer`.
pub fn outcome(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Seen::Answer {
            status,
            headers,
            body,
        } => {
            let header = headers
                .get("x-amzn-errortype")
                .and_then(|code| code.to_str().ok());
            let code = header.map(str::to_owned).or_else(|| error_type(body));
            code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"))
        }
        Seen::Dropped => "connection closed".to_owned(),
        Seen::Silence => "no answer".to_owned(),
        Seen::Killed => "the function dies here".to_owned(),
    }
}

/// The type of an error, or of what a websocket said.
fn error_type(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let kind = value.get("__type").or_else(|| value.get("type"));
    kind.and_then(Value::as_str).map(str::to_owned)
}

fn join<const N: usize>(parts: [Option<String>; N]) -> String {
    parts
        .into_iter()
        .flatten()
        .map(|part| format!(" {part}"))
        .collect()
}

fn text(sent: &Value, member: &str) -> Option<String> {
    sent.get(member)?.as_str().map(str::to_owned)
}

fn version(sent: &Value, member: &str, names: &Names) -> Option<String> {
    Some(names.version(&VersionId::new(text(sent, member)?)))
}

fn labels(sent: &Value) -> Option<String> {
    let labels = sent.get("VersionStages")?.as_array()?;
    let words: Vec<&str> = labels.iter().filter_map(Value::as_str).collect();
    Some(format!("[{}]", words.join(" ")))
}

fn key_in(body: &[u8], names: &Names) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    names
        .keys()
        .find(|(key, _)| text.contains(key))
        .map(|(_, name)| name.to_owned())
}

fn key_in_path(exchange: &Exchange, names: &Names) -> Option<String> {
    let key = exchange.uri.path().rsplit('/').next()?;
    Some(names.key(key).to_owned())
}

fn created_key(exchange: &Exchange, names: &Names) -> Option<String> {
    let Seen::Answer { body, .. } = &exchange.outcome else {
        return None;
    };
    key_in(body, names)
}

fn listed(exchange: &Exchange) -> Option<String> {
    let Seen::Answer { body, .. } = &exchange.outcome else {
        return None;
    };
    let value: Value = serde_json::from_slice(body).ok()?;
    let count = value.get("apiKeys")?.as_array()?.len();
    let more = if value.get("nextToken").is_some() {
        ", more follow"
    } else {
        ""
    };
    Some(format!("({count} keys{more})"))
}

fn shown_key(exchange: &Exchange, names: &Names) -> Option<String> {
    let key = exchange.shown_key()?;
    Some(format!("with {}", names.key(key.expose())))
}
