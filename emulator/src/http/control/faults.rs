//! `/_keywheel/faults`: shows, arms and clears fault rules.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::fault::{LedgerRow, Rule};

use super::super::rule::read_rule;
use super::super::shell::Shell;
use super::reply::{Problem, ok, read_json};

/// One rule or several.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a rule {\"at\":…,\"kind\":…} or a list of rules"
)]
enum Rules {
    Several(Vec<serde_json::Value>),
    One(serde_json::Value),
}

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    ledger(&shell.lock().engine.faults().ledger())
}

pub(super) async fn arm(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Problem> {
    let rules = match read_json(request).await? {
        Rules::Several(rules) => rules,
        Rules::One(rule) => vec![rule],
    };
    let rules: Result<Vec<Rule>, _> = rules.into_iter().map(read_rule).collect();
    let rules = rules.map_err(|error| Problem::bad(error.to_string()))?;
    let mut core = shell.lock();
    for rule in rules {
        core.engine.faults().arm(rule);
    }
    Ok(ledger(&core.engine.faults().ledger()))
}

/// Takes all rules out and tells a last time what they did.
pub(super) async fn clear(State(shell): State<Arc<Shell>>) -> Response {
    let mut core = shell.lock();
    let faults = core.engine.faults();
    let last = faults.ledger();
    faults.clear();
    ledger(&last)
}

fn ledger(rows: &[LedgerRow]) -> Response {
    ok(&json!({ "faults": rows }))
}
