//! A run's normalised trace: one JSON object a line, by aliases, without what changes from
//! build to build.

use serde_json::{Value, json};

use crate::history::{Event, InvocationEnd, What, describe};
use crate::record::Run;

use crate::record::timeline::{said, violation};

/// The trace. Times are milliseconds of virtual time since the scenario started.
pub fn lines(run: &Run) -> String {
    let events = run.history.events().iter();
    let lines = events.map(|event| format!("{}\n", line(event, run)));
    lines.collect()
}

fn line(event: &Event, run: &Run) -> Value {
    let mut object = match &event.what {
        What::Statement(number) => {
            json!({"statement": said(run, *number), "line": run.line_of(*number)})
        }
        What::Started {
            invocation,
            step,
            token,
        } => json!({"started": step, "invocation": invocation, "token": run.names.version(token)}),
        What::Call(exchange) => json!({
            "call": describe::request(exchange, &run.names).to_string(),
            "invocation": exchange.caller.map(|(number, _)| number.0),
            "outcome": describe::outcome(exchange).to_string(),
            "fault": exchange.fault,
        }),
        What::Target(call) => json!({
            "call": call.call.to_string(),
            "asked": call.call.text,
            "invocation": call.caller.map(|(number, _)| number.0),
            "outcome": call.end.to_string(),
            "fault": call.fault,
        }),
        What::Ended { invocation, end } => {
            json!({"ended": invocation, "how": told(end)})
        }
        What::Admin(action) => json!({"person": action.to_string()}),
        What::Service(event) => json!({"service": describe::service(event, &run.names)}),
        What::Violation(number) => json!({"violation": violation(run, *number)}),
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
