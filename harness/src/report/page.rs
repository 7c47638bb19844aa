//! Everything that a command has run, on one HTML page that needs no other file and no script: a table
//! of the cases, then each finding with its timeline.

use std::rc::Rc;

use crate::explore::summary::{self, Summary};
use crate::oracle::shows_a_key;
use crate::record::Run;

use super::case::Case;
use super::html::{document, legend, markup, put, timeline};

/// A failure that is told in full.
#[derive(Debug)]
pub struct Finding {
    /// What it is called.
    pub title: String,
    /// The scenario that shows it, as text.
    pub scenario: String,
    /// A run of it; none where there is no function to run.
    pub run: Option<Rc<Run>>,
}

/// Findings whose timelines are drawn; the others are told by their scenarios.
const DRAWN_MAX: usize = 30;

/// What stands where a secret would.
const WITHHELD: &str = "<p>(not shown: there is a secret in it)</p>\n";

/// The scenarios that failed, each with its run, in the order of their cases.
pub fn of_runs(cases: &[Case], failed: &[Rc<Run>]) -> Vec<Finding> {
    let failures = cases.iter().filter_map(|case| case.failure.as_ref());
    let told = failures.zip(failed).map(|(failure, run)| Finding {
        title: format!("{}: {}", run.scenario.name, failure.message),
        scenario: failure.scenario.clone(),
        run: Some(Rc::clone(run)),
    });
    told.collect()
}

/// The findings of a campaign, each with the run that shows it if there is a way to have one.
pub fn of_campaign(summary: &Summary, reproduce: &Reproduce<'_>) -> Vec<Finding> {
    let findings = summary.findings.iter().enumerate();
    let told = findings.map(|(at, finding)| {
        let run = (at < DRAWN_MAX).then(|| reproduce(finding)).flatten();
        Finding {
            title: format!("{} ({} runs)", finding.objection, finding.count),
            scenario: finding.minimal.clone(),
            run: run.map(Rc::new),
        }
    });
    told.collect()
}

/// How a finding's run is had.
pub type Reproduce<'a> = dyn Fn(&summary::Finding) -> Option<Run> + 'a;

/// The page.
pub fn page(title: &str, cases: &[Case], findings: &[Finding]) -> String {
    let mut body = head(cases);
    body += &table(cases);
    if !findings.is_empty() {
        body += "<h2>Findings</h2>\n";
        body += &legend();
    }
    for (at, finding) in findings.iter().enumerate() {
        body += &told(at, finding);
    }
    document(title, &body)
}

fn head(cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| case.failure.is_some()).count();
    let runs: u64 = cases.iter().map(|case| case.runs).sum();
    let class = if failed == 0 { "passed" } else { "violated" };
    let skipped = cases.iter().filter(|case| case.skipped.is_some()).count();
    let cases = cases.len() - skipped;
    let skipped = match skipped {
        0 => String::new(),
        skipped => format!("; {skipped} skipped"),
    };
    format!(
        "<p class=\"verdict {class}\">{runs} runs in {cases} cases, {failed} of which \
         failed{skipped}</p>\n"
    )
}

fn table(cases: &[Case]) -> String {
    let mut text = String::from(
        "<table>\n<thead><tr><th></th><th>case</th><th>runs</th><th>coverage</th><th>why</th>\
         </tr></thead>\n<tbody>\n",
    );
    for case in cases {
        let (class, mark) = match (&case.failure, &case.skipped) {
            (None, None) => ("ok", "✓ passed"),
            (None, Some(_)) => ("skipped", "– skipped"),
            (Some(_), _) => ("failed", "✗ failed"),
        };
        let name = markup(&format!("{}/{}", case.suite, case.name));
        let marks: Vec<&str> = case
            .marks
            .iter()
            .flatten()
            .map(|mark| mark.as_str())
            .collect();
        let failure = case.failure.as_ref().map(|failure| &failure.message);
        let why = failure.or(case.skipped.as_ref());
        let why = why.map_or_else(String::new, |why| markup(why));
        put(
            &mut text,
            format_args!(
                "<tr class=\"{class}\"><td><i>{mark}</i></td><td>{name}</td><td>{}</td><td>{}</td>\
                 <td>{why}</td></tr>",
                case.runs,
                marks.join(", ")
            ),
        );
    }
    text + "</tbody>\n</table>\n"
}

fn told(at: usize, finding: &Finding) -> String {
    let number = at + 1;
    let mut text = format!(
        "<h3 id=\"finding{number}\">{}</h3>\n",
        markup(&finding.title)
    );
    put(
        &mut text,
        format_args!("<pre>{}</pre>", markup(&finding.scenario)),
    );
    let Some(run) = &finding.run else {
        return text;
    };
    if at >= DRAWN_MAX {
        return text + "<p>(its timeline is not drawn: there are many findings)</p>\n";
    }
    text += &timeline(run, &format!("finding{number}-"));
    // Names stand for keys; one in a form that no name stands for is not shown at all.
    if shows_a_key(&text, &run.names) {
        return format!("<h3 id=\"finding{number}\">finding {number}</h3>\n{WITHHELD}");
    }
    text
}
