//! `/_keywheel/snapshot`: the emulated world at this moment, without any secret.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::engine::snapshot::{ApiView, KeyView, SecretView, Snapshot};
use crate::state::appsync::api_keys::RefusalWindow;
use crate::time::Timestamp;

use super::super::shell::Shell;
use super::reply::ok;

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    let held = {
        let core = shell.lock();
        core.engine.hold(core.now())
    };
    // It takes a second for 100,000 secrets, and nobody else is to wait for it.
    let shown = tokio::task::spawn_blocking(move || shown(&held.snapshot()));
    shown
        .await
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

fn shown(snapshot: &Snapshot) -> Response {
    ok(&json!({
        "at": snapshot.at.to_string(),
        "commits": snapshot.commits,
        "secrets": snapshot.secrets.iter().map(|view| secret(view, snapshot)).collect::<Vec<_>>(),
        "apis": snapshot.apis.iter().map(api).collect::<Vec<_>>(),
    }))
}

fn secret(secret: &SecretView, snapshot: &Snapshot) -> Value {
    let labels: Map<String, Value> = secret
        .labels
        .iter()
        .map(|(label, version)| (label.to_string(), json!(version.as_str())))
        .collect();
    let versions: Map<String, Value> = secret
        .versions
        .iter()
        .map(|(id, version)| {
            let length = version.value.as_ref().map(|value| value.expose().len());
            let created = version.created.to_string();
            (
                id.to_string(),
                json!({
                    "created": created,
                    "length": length,
                    "refusals": refusals(&snapshot.refusals_of(version)),
                }),
            )
        })
        .collect();
    json!({
        "arn": secret.arn.as_str(),
        "labels": labels,
        "versions": versions,
        "lastRotated": moment(secret.last_rotated),
        "deletionDue": moment(secret.deletion_due),
    })
}

fn api(api: &ApiView) -> Value {
    let keys: Vec<Value> = api.keys.iter().enumerate().map(key).collect();
    json!({
        "id": api.id.as_str(),
        "acceptsApiKeys": api.accepts_api_keys,
        "liveKeys": api.live_keys,
        "unmarkedDeleted": api.unmarked_deleted,
        "keys": keys,
    })
}

/// A key's id is the key, so keys are numbered.
fn key((index, key): (usize, &KeyView)) -> Value {
    json!({
        "key": format!("k{}", index + 1),
        "description": key.description,
        "created": key.created.to_string(),
        "expires": key.expires.to_string(),
        "removed": moment(key.removed),
        "accepted": key.is_accepted,
        "refusals": refusals(&key.refusals),
    })
}

/// When keys were refused: from the first refusal until they were accepted again.
fn refusals(windows: &[RefusalWindow]) -> Vec<Value> {
    let window = |window: &RefusalWindow| json!({ "from": window.from.to_string(), "to": moment(window.to) });
    windows.iter().map(window).collect()
}

fn moment(moment: Option<Timestamp>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}
