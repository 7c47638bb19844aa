//! A run as a timeline in plain text.

use std::fmt::Write as _;

use keywheel_emulator::time::Timestamp;

use crate::history::{Event, Exchange, InvocationEnd, What};
use crate::run::Run;

use super::describe;

/// What a run has to answer for, one line each.
pub fn objections(run: &Run) -> Vec<String> {
    let violations = run
        .violations
        .iter()
        .map(|v| format!("{}: {}", v.oracle, v.text));
    let unmet = run.unmet.iter().map(|unmet| match unmet.line {
        0 => unmet.text.clone(),
        line => format!("line {line}: {}", unmet.text),
    });
    let unfired = run.unfired.iter().map(|order| match order.line {
        0 => format!("never happened: {}", order.text),
        line => format!("line {line}: never happened: {}", order.text),
    });
    violations.chain(unmet).chain(unfired).collect()
}

/// The whole run, event by event, in virtual time since the scenario started.
pub fn timeline(run: &Run) -> String {
    let mut text = String::new();
    for event in run.history.events() {
        if let Some(told) = tell(event, run) {
            let at = since(run.started, event.at);
            writeln!(text, "{at:>14}  {told}").expect("writing to a text cannot fail");
        }
    }
    if !run.printed.is_empty() {
        text.push_str("\nthe last that the function printed:\n");
    }
    for line in &run.printed {
        writeln!(text, "  | {line}").expect("writing to a text cannot fail");
    }
    text
}

fn tell(event: &Event, run: &Run) -> Option<String> {
    Some(match &event.what {
        What::Statement { line: 0, text } => format!("> {text}"),
        What::Statement { line, text } => format!("{line:>3}> {text}"),
        What::Started {
            invocation,
            step,
            token,
        } => {
            format!("     #{invocation} {step} for {token}")
        }
        What::Call(exchange) => call(exchange, run),
        What::Ended { invocation, end } => format!("     #{invocation} {}", ended(end)),
        What::Admin(action) => format!("     a person: {action}"),
        What::Service(text) => format!("     {text}"),
        What::Violation(text) => format!("  ✗  {text}"),
    })
}

fn call(exchange: &Exchange, run: &Run) -> String {
    let asked = describe::request(exchange, &run.names);
    let got = describe::outcome(exchange);
    let by = exchange
        .caller
        .map_or(String::new(), |(number, _)| format!("#{number} "));
    let fault = exchange
        .fault
        .as_ref()
        .map_or(String::new(), |fault| format!("   ⚡ {fault}"));
    format!("       {by}{asked:.<52} {got}{fault}")
}

fn ended(end: &InvocationEnd) -> String {
    match end {
        InvocationEnd::Succeeded => "succeeded".to_owned(),
        InvocationEnd::Failed {
            error_type,
            message,
        } => format!("failed: {error_type}: {message}"),
        InvocationEnd::Killed => "died".to_owned(),
        InvocationEnd::TimedOut => "ran out of time".to_owned(),
    }
}

/// A span of virtual time such as `+1d02h03m04.567s`.
pub fn since(start: Timestamp, at: Timestamp) -> String {
    let millis = at.millis_since(start);
    let sign = if millis < 0 { '-' } else { '+' };
    let millis = millis.unsigned_abs();
    let (seconds, rest) = (millis / 1000, millis % 1000);
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{seconds}.{rest:03}s"),
        (0, 0, _) => format!("{sign}{minutes}m{seconds:02}.{rest:03}s"),
        (0, _, _) => format!("{sign}{hours}h{minutes:02}m{seconds:02}s"),
        _ => format!("{sign}{days}d{hours:02}h{minutes:02}m{seconds:02}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_units_that_matter() {
        let start = Timestamp::from_seconds(1_000);
        let told = |millis| since(start, start.plus_millis(millis));
        assert_eq!(told(0), "+0.000s");
        assert_eq!(told(61_500), "+1m01.500s");
        assert_eq!(told(3_600_000), "+1h00m00s");
        assert_eq!(told(90_061_000), "+1d01h01m01s");
        assert_eq!(told(-500), "-0.500s");
    }
}
