//! `/_keywheel/faults`: shows, arms and clears fault rules, and bounds how many may strike.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::fault::{FaultPlan, Rule};

use super::super::rule::read_rule;
use super::super::shell::Shell;
use super::reply::{Problem, ok, read_json};

/// One rule, or several, perhaps with a budget.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a rule {\"at\":…,\"kind\":…}, a list of rules or {\"budget\":…,\"rules\":[…]}"
)]
enum Order {
    Several(Vec<serde_json::Value>),
    Bounded(Bounded),
    One(serde_json::Value),
}

/// How many faults may strike from now on, and rules to arm.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounded {
    budget: Option<u64>,
    #[serde(default)]
    rules: Vec<serde_json::Value>,
}

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    ledger(shell.lock().engine.faults())
}

pub(super) async fn arm(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Problem> {
    let (rules, budget) = match read_json(request).await? {
        Order::Several(rules) => (rules, None),
        Order::Bounded(Bounded { budget, rules }) => (rules, Some(budget)),
        Order::One(rule) => (vec![rule], None),
    };
    let rules: Result<Vec<Rule>, _> = rules.into_iter().map(read_rule).collect();
    let rules = rules.map_err(|error| Problem::bad(error.to_string()))?;
    let mut core = shell.lock();
    let faults = core.engine.faults();
    if let Some(budget) = budget {
        faults.set_budget(budget);
    }
    for rule in rules {
        faults.arm(rule);
    }
    Ok(ledger(faults))
}

/// Takes all rules out, and the budget, and tells a last time what they did.
pub(super) async fn clear(State(shell): State<Arc<Shell>>) -> Response {
    let mut core = shell.lock();
    let faults = core.engine.faults();
    let last = ledger(faults);
    faults.clear();
    faults.set_budget(None);
    last
}

/// Every rule with what it saw and did; by id those that had to fire and have not.
fn ledger(faults: &FaultPlan) -> Response {
    let unfired: Vec<_> = faults.unfired().iter().map(|row| row.id).collect();
    ok(&json!({ "faults": faults.ledger(), "unfired": unfired, "budget": faults.budget() }))
}
