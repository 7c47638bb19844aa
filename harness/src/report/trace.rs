//! A run's normalised trace: one JSON object a line, in symbolic names, without what changes from
//! build to build.

use serde_json::{Value, json};

use crate::history::{Event, InvocationEnd, What};
use crate::run::Run;

use super::describe;

/// The trace. Times are milliseconds of virtual time since the scenario started.
pub fn lines(run: &Run) -> String {
    let events = run.history.events().iter();
    let lines = events.map(|event| format!("{}\n", line(event, run)));
    lines.collect()
}

fn line(event: &Event, run: &Run) -> Value {
    let mut object = match &event.what {
        What::Statement { line, text } => json!({"statement": text, "line": line}),
        What::Started {
            invocation,
            step,
            token,
        } => json!({"started": step, "invocation": invocation, "token": token}),
        What::Call(exchange) => json!({
            "call": describe::request(exchange, &run.names),
            "invocation": exchange.caller.map(|(number, _)| number.0),
            "outcome": describe::outcome(exchange),
            "fault": exchange.fault,
        }),
        What::Ended { invocation, end } => {
            json!({"ended": invocation, "how": told(end)})
        }
        What::Admin(action) => json!({"person": action}),
        What::Service(text) => json!({"service": text}),
        What::Violation(text) => json!({"violation": text}),
    };
    object["at_ms"] = json!(event.at.millis_since(run.started));
    object
}

fn told(end: &InvocationEnd) -> Value {
    match end {
        InvocationEnd::Succeeded => json!("succeeded"),
        InvocationEnd::Killed => json!("died"),
        InvocationEnd::TimedOut => json!("ran out of time"),
        InvocationEnd::Failed {
            error_type,
            message,
        } => json!({"error": error_type, "message": message}),
    }
}
