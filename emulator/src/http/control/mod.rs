//! The control plane: `/_keywheel/…`. No fault strikes here, and nothing of it is in the journal.

mod clock;
mod faults;
mod iam;
mod journal;
mod reply;
mod settings;
mod snapshot;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::json;

use super::shell::Shell;

use reply::{Problem, ok};

/// What the control plane's paths begin with.
const ROOT: &str = "/_keywheel";

/// Where a server says that it is well.
const HEALTH: &str = "/_keywheel/health";

/// Is this a path of the control plane?
pub(super) fn is_control(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Is this the path where a server says that it is well?
pub(super) fn is_health(path: &str) -> bool {
    path == HEALTH
}

/// The control plane of a server.
pub(super) fn router(shell: Arc<Shell>) -> Router {
    Router::new()
        .route(HEALTH, get(health))
        .route("/_keywheel/reset", post(reset))
        .route("/_keywheel/clock", get(clock::show).post(clock::change))
        .route("/_keywheel/journal", get(journal::show))
        .route(
            "/_keywheel/settings",
            get(settings::show)
                .put(settings::change)
                .post(settings::change),
        )
        .route("/_keywheel/snapshot", get(snapshot::show))
        .route("/_keywheel/iam/report", get(iam::show))
        .route(
            "/_keywheel/faults",
            get(faults::show).post(faults::arm).delete(faults::clear),
        )
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shell)
}

async fn health(State(shell): State<Arc<Shell>>) -> Response {
    let core = shell.lock();
    let functions: Vec<&str> = shell.functions.keys().map(|arn| arn.as_str()).collect();
    ok(&json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "seed": shell.start.seed,
        "clock": clock::face(core.clock),
        "functions": functions,
        "runningInvocations": core.runs.len(),
        "openSockets": core.engine.open_sockets(),
    }))
}

async fn reset(State(shell): State<Arc<Shell>>) -> Response {
    shell.reset().await;
    ok(&json!({ "reset": true, "seed": shell.start.seed }))
}

async fn unknown_path() -> Problem {
    let error = "no such path: use /_keywheel/health, /_keywheel/reset, /_keywheel/clock, \
                 /_keywheel/journal, /_keywheel/faults, /_keywheel/settings, \
                 /_keywheel/iam/report or /_keywheel/snapshot";
    Problem::new(StatusCode::NOT_FOUND, error)
}

async fn wrong_method(method: http::Method) -> Problem {
    let error = format!("{method} is not allowed here: the header Allow names what is");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, error)
}
