//! JSON lines: an object a line, told apart by `type`. `harness/report.schema.json` is their schema.

use serde::{Deserialize, Serialize};

use crate::explore::summary::Summary;

use super::case::Case;

/// What a line says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    /// What is told of: the first line.
    Command {
        mode: &'a str,
        function: &'a str,
        version: &'a str,
    },
    /// A case.
    Case(&'a Case),
    /// Everything about a campaign: the last line, which `keywheel merge` reads.
    Summary(&'a Summary),
}

/// The report of a command.
pub fn report(mode: &str, function: &str, cases: &[Case], summary: Option<&Summary>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let command = Line::Command {
        mode,
        function,
        version,
    };
    let cases = cases.iter().map(Line::Case);
    let lines = std::iter::once(command).chain(cases);
    let lines = lines.chain(summary.map(Line::Summary));
    let written = lines.map(|line| {
        serde_json::to_string(&line).expect("text keys only, and no failing types") + "\n"
    });
    written.collect()
}

/// The summaries in a report.
///
/// # Errors
/// The number of the line that cannot be read, and why.
pub fn summaries(report: &str) -> Result<Vec<Summary>, (usize, serde_json::Error)> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: String,
    }
    let mut summaries = Vec::new();
    for (line, number) in report.lines().zip(1..) {
        let bad = |error| (number, error);
        let kind: Kind = serde_json::from_str(line).map_err(bad)?;
        if kind.kind == "summary" {
            let mut value: serde_json::Value = serde_json::from_str(line).map_err(bad)?;
            if let Some(members) = value.as_object_mut() {
                members.remove("type");
            }
            summaries.push(serde_json::from_value(value).map_err(bad)?);
        }
    }
    Ok(summaries)
}
