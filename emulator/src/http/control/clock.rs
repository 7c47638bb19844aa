//! `/_keywheel/clock`: shows and moves the clock.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Span;
use crate::time::{Clock, Timestamp};

use super::super::passage::OutOfRange;
use super::super::shell::Shell;
use super::reply::{Problem, ok, read_json};

/// What to do to the clock; several are done in this order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// Let it stand still.
    #[serde(default)]
    freeze: bool,
    /// Let it run on from what it shows.
    #[serde(default)]
    run: bool,
    /// Show this moment.
    set: Option<String>,
    /// Go on by this much, through everything that is due on the way.
    advance: Option<Span>,
}

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    ok(&face(shell.lock().clock))
}

pub(super) async fn change(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Problem> {
    let change: Change = read_json(request).await?;
    let moment = change.moment()?;
    let out_of_range = |error: OutOfRange| Problem::bad(error.to_string());
    let turned = |clock: Clock| match (change.freeze, change.run) {
        (true, _) => clock.frozen(),
        (_, true) => clock.running(),
        (false, false) => clock,
    };
    let shown = |clock: Clock| match moment {
        Some(moment) => turned(clock).set(moment),
        None => turned(clock),
    };
    shell.change_clock(shown).await.map_err(out_of_range)?;
    if let Some(span) = change.advance {
        let advanced = shell.advance(span.as_millis()).await;
        advanced.map_err(out_of_range)?;
    }
    Ok(ok(&face(shell.lock().clock)))
}

impl Change {
    fn moment(&self) -> Result<Option<Timestamp>, Problem> {
        if self.freeze && self.run {
            return Err(Problem::bad("the clock cannot both freeze and run"));
        }
        if !self.freeze && !self.run && self.set.is_none() && self.advance.is_none() {
            let example = r#"{"freeze":true}, {"run":true}, {"set":"2026-11-22T10:00:00Z"} or {"advance":"25h"}"#;
            return Err(Problem::bad(format!("nothing to do: send {example}")));
        }
        let Some(text) = &self.set else {
            return Ok(None);
        };
        let unreadable = || {
            Problem::bad(format!(
                "set takes RFC 3339 such as 2026-11-22T10:00:00Z, not {text:?}"
            ))
        };
        Timestamp::parse(text).map(Some).ok_or_else(unreadable)
    }
}

/// What the clock shows, and whether it stands still.
pub(super) fn face(clock: Clock) -> Value {
    let is_frozen = matches!(clock, Clock::Frozen { .. });
    json!({ "now": clock.now().to_string(), "frozen": is_frozen })
}
