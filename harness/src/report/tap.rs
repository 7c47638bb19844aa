//! TAP, version 14: a line for each case, its failure as a YAML block.

use std::fmt::Write as _;

use super::case::Case;

/// The report.
pub fn report(cases: &[Case]) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", cases.len());
    for (case, number) in cases.iter().zip(1_u32..) {
        let ok = if case.failure.is_none() {
            "ok"
        } else {
            "not ok"
        };
        let name = escaped(&format!("{}/{}", case.suite, case.name));
        let skipped = case.skipped.as_ref();
        let directive = skipped.map_or_else(String::new, |why| format!(" # SKIP {why}"));
        line(&mut text, format_args!("{ok} {number} - {name}{directive}"));
        if let Some(failure) = &case.failure {
            line(&mut text, format_args!("  ---"));
            line(&mut text, format_args!("  kind: {}", quoted(&failure.kind)));
            line(
                &mut text,
                format_args!("  message: {}", quoted(&failure.message)),
            );
            line(&mut text, format_args!("  scenario: |"));
            for scenario_line in failure.scenario.lines() {
                line(&mut text, format_args!("    {scenario_line}"));
            }
            line(&mut text, format_args!("  ..."));
        }
    }
    text
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a text cannot fail");
}

/// A hash would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// A JSON string is a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
