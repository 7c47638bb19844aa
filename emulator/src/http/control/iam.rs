//! `/_keywheel/iam/report`: what callers did, what of it no policy allows, and for each the least
//! policy that would allow it, as a document to paste.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::engine::access_report::Observed;

use super::super::shell::Shell;
use super::reply::ok;

pub(super) async fn show(State(shell): State<Arc<Shell>>) -> Response {
    let mut core = shell.lock();
    let enforcement = core.engine.world().settings.access.iam;
    let report = core.engine.access_report().clone();
    drop(core);
    let callers: Vec<Value> = report.callers().map(caller).collect();
    ok(&json!({ "iam": enforcement, "principals": callers }))
}

fn caller((name, observed): (&str, &Observed)) -> Value {
    let told = |texts: &BTreeMap<String, u64>| -> Vec<Value> {
        let texts = texts.iter();
        texts
            .map(|(message, count)| json!({ "message": message, "count": count }))
            .collect()
    };
    let mut shown = json!({
        "principal": name,
        "checks": observed.checks,
        "refusals": observed.refusals,
        "refused": told(&observed.refused),
        "leastPolicy": least_policy(observed),
    });
    if observed.undecided > 0 {
        shown["undecided"] = observed.undecided.into();
        shown["open"] = told(&observed.open).into();
    }
    shown
}

fn least_policy(observed: &Observed) -> Value {
    let statement = |(actions, resources)| json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    let statements: Vec<Value> = observed.statements().into_iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}
