//! A run as a timeline in plain text.

use keywheel_emulator::time::Timestamp;

use super::Run;
use crate::history::{Event, Exchange, InvocationEnd, ServiceEvent, TargetCall, What, describe};

/// What a run has to answer for, one line each.
pub fn objections(run: &Run) -> Vec<String> {
    let violations = run.violations().map(|violation| run.describe(violation));
    let unmet = run.unmet.iter().map(|unmet| {
        let line = unmet
            .statement
            .map_or(0, |statement| run.line_of(statement));
        located(line, &unmet.what.describe(&run.names))
    });
    let idle = run.not_triggered.iter().map(|statement| {
        let text = format!("not triggered: {}", said(run, *statement));
        located(run.line_of(*statement), &text)
    });
    violations.chain(unmet).chain(idle).collect()
}

fn located(line: usize, text: &str) -> String {
    match line {
        0 => text.to_owned(),
        line => format!("line {line}: {text}"),
    }
}

/// A statement, as the scenario says it.
pub fn said(run: &Run, statement: usize) -> String {
    let located = run.scenario.statements.get(statement);
    located.map_or_else(String::new, |located| located.value.to_string())
}

/// What a line of a timeline is about, for those who have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A statement of the scenario.
    Statement,
    /// A call that a fault struck.
    Fault,
    /// An oracle objects.
    Violation,
    /// Everything else.
    Plain,
}

/// The whole run, event by event, in virtual time since the scenario started.
pub fn of(run: &Run) -> String {
    let lines = lines(run).into_iter();
    lines.map(|(_, line)| line + "\n").collect()
}

/// The lines of a timeline, each with what it is about.
pub fn lines(run: &Run) -> Vec<(Tone, String)> {
    let events = run.history.events().iter();
    let mut lines: Vec<_> = events
        .map(|event| (tone(event), line(event, run)))
        .collect();
    if !run.printed.is_empty() {
        let head = "\nthe last that the function printed:".to_owned();
        lines.push((Tone::Plain, head));
    }
    let printed = run.printed.iter().map(|line| format!("  | {line}"));
    lines.extend(printed.map(|line| (Tone::Plain, line)));
    lines
}

fn tone(event: &Event) -> Tone {
    match &event.what {
        What::Statement(_) => Tone::Statement,
        What::Violation(_) => Tone::Violation,
        what if what.fault().is_some() => Tone::Fault,
        _ => Tone::Plain,
    }
}

/// The run's own part, up to the moment when faults stop: what a golden trace holds.
pub fn own_part(run: &Run) -> String {
    let is_end = |event: &&Event| matches!(event.what, What::Service(ServiceEvent::FaultsStop));
    let events = run.history.events().iter();
    let own = events.take_while(|event| !is_end(event));
    own.map(|event| format!("{}\n", line(event, run).trim_end()))
        .collect()
}

/// An event, with the time at which it happened.
fn line(event: &Event, run: &Run) -> String {
    let at = since(run.started, event.at);
    format!("{at:>14}  {}", told(event, run))
}

fn told(event: &Event, run: &Run) -> String {
    match &event.what {
        What::Statement(number) => match run.line_of(*number) {
            0 => format!("> {}", said(run, *number)),
            line => format!("{line:>3}> {}", said(run, *number)),
        },
        What::Started {
            invocation,
            step,
            token,
        } => format!("     #{invocation} {step} for {}", run.names.version(token)),
        What::Call(exchange) => call(exchange, run),
        What::Target(call) => target_call(call),
        What::Ended { invocation, end } => format!("     #{invocation} {}", ended(end)),
        What::Admin(action) => format!("     a person: {action}"),
        What::Service(event) => format!("     {}", describe::service(event, &run.names)),
        What::Violation(number) => format!("  ✗  {}", violation(run, *number)),
    }
}

/// What an oracle found, by its number.
pub fn violation(run: &Run, number: usize) -> String {
    let found = run.found.get(number);
    found.map_or_else(String::new, |violation| run.describe(violation))
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

fn target_call(call: &TargetCall) -> String {
    let by = call
        .caller
        .map_or(String::new(), |(number, _)| format!("#{number} "));
    let asked = match call.call.service {
        _ if call.call.text.is_empty() => call.call.to_string(),
        service => format!("{service}: {}", call.call.text),
    };
    let fault = call
        .fault
        .map_or(String::new(), |fault| format!("   ⚡ {fault}"));
    format!("       {by}{asked:.<52} {}{fault}", call.end)
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
