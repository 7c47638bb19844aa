//! `/_keywheel/settings`: shows the settings and changes some of them, until the next reset.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;

use crate::settings;

use super::super::shell::Shell;
use super::reply::{Problem, ok, read_json};

/// Whoever started the server has decided whose code runs as their user.
const TURNED_OFF: &str = "lambda.mayCreate: this server was started so that no function can be \
                          created; start it again to change that";

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    let mut core = shell.lock();
    ok(&settings::shown(&core.engine.world().settings))
}

/// Changes what the body names and answers with all settings. A wrong name or value changes
/// nothing.
pub(super) async fn change(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Problem> {
    let change: Value = read_json(request).await?;
    let mut core = shell.lock();
    let stored = &mut core.engine.world().settings;
    let changed =
        settings::changed(stored, &change).map_err(|bad| Problem::bad(bad.to_string()))?;
    if changed.lambda.may_create && !shell.start.may_create_functions {
        return Err(Problem::bad(TURNED_OFF));
    }
    *stored = changed;
    let answer = ok(&settings::shown(stored));
    drop(core);
    // A change of a setting can make something due.
    shell.changed.notify_one();
    Ok(answer)
}
