//! A run as one HTML file: a column for each actor, a bar for each key, readable without a script,
//! in light and in dark.

use std::fmt::Write as _;

use crate::call::operation::{is_of_appsync, is_of_data_plane};
use crate::history::{Event, Exchange, InvocationEnd, Seen, TargetCall, What, describe};
use crate::link::call::{Answer, End};
use crate::record::Run;

use super::bars::Bars;
use crate::record::timeline::{said, since, violation};

const STYLE: &str = include_str!("timeline.css");

/// Who acts, in the order of the columns.
const ACTORS: [&str; 5] = [
    "scenario",
    "function",
    "Secrets Manager",
    "AppSync",
    "data plane",
];

/// Rows of a page; a longer run is told to be longer.
const ROWS_MAX: usize = 10_000;

/// The page of one run.
pub fn page(title: &str, run: &Run) -> String {
    document(title, &(legend() + &timeline(run, "")))
}

/// A page that needs no other file.
pub(super) fn document(title: &str, body: &str) -> String {
    let title = markup(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

/// What oracles say of a run, and what happened in it. `anchor` tells its links from those of
/// other runs on the page.
pub(super) fn timeline(run: &Run, anchor: &str) -> String {
    [verdicts(run, anchor), table(run, anchor)].concat()
}

pub(super) fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a text cannot fail");
}

/// What oracles say, each with a link to its row.
fn verdicts(run: &Run, anchor: &str) -> String {
    if run.violations().next().is_none() {
        return "<p class=\"verdict passed\">✓ every invariant held</p>\n".to_owned();
    }
    let mut text = String::from("<ul class=\"verdict violated\">\n");
    for (violation, number) in run.found.iter().zip(1..) {
        let oracle = violation.oracle();
        if run.wanted.contains(&oracle) {
            continue;
        }
        let what = markup(&violation.objection.describe(&run.names));
        put(
            &mut text,
            format_args!(
                "<li>✗ <a href=\"#{anchor}violation{number}\"><b>{oracle}</b> {what}</a></li>"
            ),
        );
    }
    text + "</ul>\n"
}

/// What the marks in a timeline mean.
pub(super) fn legend() -> String {
    let marks = [
        ("ok", "✓ answered"),
        ("failed", "✗ refused"),
        ("unknown", "? no answer"),
        ("fault", "⚡ fault injected"),
        ("key", "▌ a key exists"),
        ("key current", "█ AWSCURRENT names it"),
    ];
    let items = marks.map(|(class, text)| format!("<span class=\"{class}\">{text}</span>"));
    format!("<p class=\"legend\">{}</p>\n", items.join(" "))
}

fn table(run: &Run, prefix: &str) -> String {
    let bars = Bars::of(run);
    let mut text = String::from("<table>\n<thead><tr><th>time</th>");
    for actor in ACTORS {
        text += &format!("<th>{actor}</th>");
    }
    for name in bars.names() {
        text += &format!("<th class=\"bar\">{}</th>", markup(name));
    }
    text += "</tr></thead>\n<tbody>\n";
    let mut last = None;
    for (number, event) in run.history.events().iter().enumerate().take(ROWS_MAX) {
        let at = since(run.started, event.at);
        let is_gap = last.is_some_and(|last| event.at.millis_since(last) > 60_000);
        let time = if last == Some(event.at) {
            String::new()
        } else {
            at
        };
        last = Some(event.at);
        let row = Row::of(event, run);
        let mut classes = row.class.to_owned();
        if is_gap {
            classes += " gap";
        }
        let mut anchor = String::new();
        if let What::Violation(number) = event.what {
            anchor = format!(" id=\"{prefix}violation{}\"", number + 1);
        }
        text += &format!("<tr class=\"{classes}\"{anchor}><td class=\"time\">{time}</td>");
        text += &row.cells();
        for bar in bars.after(number) {
            text += &format!("<td class=\"bar {bar}\"></td>");
        }
        text += "</tr>\n";
    }
    text += "</tbody>\n</table>\n";
    let more = run.history.events().len().saturating_sub(ROWS_MAX);
    if more > 0 {
        put(
            &mut text,
            format_args!("<p>{more} more rows are not shown.</p>"),
        );
    }
    text
}

/// What an event puts into which column.
struct Row {
    class: &'static str,
    column: usize,
    /// How many columns the text may take.
    span: usize,
    text: String,
}

impl Row {
    fn of(event: &Event, run: &Run) -> Self {
        let at = |class, column, span, text: &str| Self {
            class,
            column,
            span,
            text: markup(text),
        };
        match &event.what {
            What::Statement(number) => at("statement", 0, 5, &said(run, *number)),
            What::Admin(action) => at("person", 0, 5, &format!("a person: {action}")),
            What::Service(event) => at("service", 0, 5, &describe::service(event, &run.names)),
            What::Violation(number) => {
                at("violation", 0, 5, &format!("✗ {}", violation(run, *number)))
            }
            What::Started {
                invocation,
                step,
                token,
            } => at(
                "started",
                1,
                4,
                &format!("#{invocation} {step} for {}", run.names.version(token)),
            ),
            What::Ended { invocation, end } => ended(*invocation, end),
            What::Call(exchange) => call(exchange, run),
            What::Target(call) => target_call(call),
        }
    }

    fn cells(&self) -> String {
        let empty = "<td></td>";
        let (before, after) = (self.column, ACTORS.len() - self.column - self.span);
        let cell = format!("<td colspan=\"{}\">{}</td>", self.span, self.text);
        format!("{}{cell}{}", empty.repeat(before), empty.repeat(after))
    }
}

fn ended(invocation: u64, end: &InvocationEnd) -> Row {
    let (class, how) = match end {
        InvocationEnd::Succeeded => ("ok", "✓ succeeded".to_owned()),
        InvocationEnd::Failed {
            error_type,
            message,
        } => ("failed", format!("✗ {error_type}: {message}")),
        InvocationEnd::Killed => ("unknown", "✝ died".to_owned()),
        InvocationEnd::TimedOut => ("unknown", "✝ ran out of time".to_owned()),
    };
    Row {
        class,
        column: 1,
        span: 4,
        text: markup(&format!("#{invocation} {how}")),
    }
}

fn call(exchange: &Exchange, run: &Run) -> Row {
    let column = match exchange.operation {
        operation if is_of_data_plane(operation) => 4,
        operation if is_of_appsync(operation) => 3,
        _ => 2,
    };
    let (class, mark) = match &exchange.outcome {
        Seen::Answer { status, .. } if *status < 400 => ("ok", "✓"),
        Seen::Answer { .. } => ("failed", "✗"),
        _ => ("unknown", "?"),
    };
    let asked = markup(&describe::request(exchange, &run.names).to_string());
    let outcome = markup(&describe::outcome(exchange).to_string());
    let by = exchange
        .caller
        .map_or(String::new(), |(number, _)| format!("#{number} "));
    let fault = exchange.fault.as_ref().map_or(String::new(), |fault| {
        format!(" <b class=\"fault\">⚡ {}</b>", markup(&fault.to_string()))
    });
    Row {
        class,
        column,
        span: 1,
        text: format!("<small>{by}</small>{asked} <i>{mark} {outcome}</i>{fault}"),
    }
}

/// A call to a target, in the column of keys and passwords.
fn target_call(call: &TargetCall) -> Row {
    let (class, mark) = match &call.end {
        End::Answered(Answer::Done(_)) => ("ok", "✓"),
        End::Answered(Answer::Refused(_)) => ("failed", "✗"),
        _ => ("unknown", "?"),
    };
    let by = call
        .caller
        .map_or(String::new(), |(number, _)| format!("#{number} "));
    let fault = call.fault.map_or(String::new(), |fault| {
        format!(" <b class=\"struck\">⚡ {}</b>", markup(&fault.to_string()))
    });
    let (asked, shown) = (call.call.to_string(), markup(&call.call.text));
    let end = markup(&call.end.to_string());
    Row {
        class,
        column: 3,
        span: 1,
        text: format!(
            "<small>{by}</small>{} <small>{shown}</small> <i>{mark} {end}</i>{fault}",
            markup(&asked)
        ),
    }
}

/// Text in HTML.
pub fn markup(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    escaped.replace('"', "&quot;")
}
