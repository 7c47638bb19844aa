//! GitHub: annotations and a step summary, within the limits beyond which GitHub drops silently.

use std::fmt::Write as _;

use super::case::{Case, Failure};

/// Annotations of a kind that GitHub shows for a step.
const ANNOTATIONS_MAX: usize = 10;

/// The size of a step summary in bytes, with room for what else the step writes.
const SUMMARY_BYTES_MAX: usize = 1024 * 1024 - 64 * 1024;

/// Workflow commands, one for each failure as long as GitHub shows them.
pub fn annotations(cases: &[Case]) -> String {
    let failures: Vec<(&Case, &Failure)> = failures(cases).collect();
    let mut text = String::new();
    for (case, failure) in failures.iter().take(ANNOTATIONS_MAX) {
        let file = failure.file.as_ref();
        let file = file.map_or_else(String::new, |file| format!("file={},", property(file)));
        let title = property(&format!("{}/{}", case.suite, case.name));
        let message = data(&format!("{}\n\n{}", failure.message, failure.scenario));
        line(
            &mut text,
            format_args!("::error {file}title={title}::{message}"),
        );
    }
    let more = failures.len().saturating_sub(ANNOTATIONS_MAX);
    if more > 0 {
        line(
            &mut text,
            format_args!("::notice title=keywheel::{more} more failures are in the step summary"),
        );
    }
    text
}

/// The step summary, in Markdown.
pub fn step_summary(title: &str, cases: &[Case]) -> String {
    let failures: Vec<(&Case, &Failure)> = failures(cases).collect();
    let runs: u64 = cases.iter().map(|case| case.runs).sum();
    let skipped = cases.iter().filter(|case| case.skipped.is_some()).count();
    let mut text = format!(
        "### keywheel {title}\n\n{runs} runs in {} cases, {} of which failed{}.\n",
        cases.len() - skipped,
        failures.len(),
        match skipped {
            0 => String::new(),
            skipped => format!("; {skipped} skipped"),
        }
    );
    for (told, (case, failure)) in failures.iter().enumerate() {
        let part = format!(
            "\n<details><summary>{}/{}: {}</summary>\n\n```text\n{}\n```\n</details>\n",
            case.suite,
            case.name,
            markup(&failure.message),
            failure.scenario.trim_end()
        );
        if text.len() + part.len() > SUMMARY_BYTES_MAX {
            let left = failures.len() - told;
            line(
                &mut text,
                format_args!("\n{left} more failures do not fit in here."),
            );
            break;
        }
        text += &part;
    }
    text
}

fn failures(cases: &[Case]) -> impl Iterator<Item = (&Case, &Failure)> {
    cases
        .iter()
        .filter_map(|case| Some((case, case.failure.as_ref()?)))
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a text cannot fail");
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text in HTML.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
