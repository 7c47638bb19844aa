//! `/_keywheel/journal`: what the emulator saw.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use serde_json::json;

use crate::engine::journal::Entry;

use super::super::shell::Shell;
use super::reply::{Problem, ok};

/// The entries after number `after`, and how many there have ever been.
pub(super) async fn show(State(shell): State<Arc<Shell>>, uri: Uri) -> Result<Response, Problem> {
    let after = after(uri.query().unwrap_or_default())?;
    let (written, entries) = {
        let core = shell.lock();
        let journal = core.engine.journal();
        let entries: Vec<Entry> = journal.since(after).cloned().collect();
        (journal.written(), entries)
    };
    // Ten thousand entries keep a worker busy for long enough that others would wait.
    let shown = move || ok(&json!({ "written": written, "entries": entries }));
    let shown = tokio::task::spawn_blocking(shown).await;
    Ok(shown.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic())))
}

fn after(query: &str) -> Result<u64, Problem> {
    if query.is_empty() {
        return Ok(0);
    }
    let number = query
        .strip_prefix("after=")
        .and_then(|text| text.parse().ok());
    number.ok_or_else(|| Problem::bad("the query takes after=N, the number of an entry"))
}
