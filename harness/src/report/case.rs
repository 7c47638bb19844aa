//! Cases: what machines are told of a command, one for each scenario, mode and operation.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::explore::summary::{Finding, Summary};
use crate::record::{Run, Verdict};
use crate::scenario::{Mark, Scenario, print};

use crate::record::timeline;

/// One case and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The mode and the scenario or the base.
    pub suite: String,
    /// The operation, or the scenario's own name.
    pub name: String,
    /// How many runs it stands for.
    pub runs: u64,
    /// How it went.
    pub verdict: Verdict,
    /// The must-happen marks that it met, if it is a single run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marks: Option<BTreeSet<Mark>>,
    /// Why it was not run, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// Why a case failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The verdict or the oracle.
    pub kind: String,
    /// What is objected to, in a line.
    pub message: String,
    /// The scenario file that shows it.
    pub scenario: String,
    /// Where that file is, if it is on disk.
    pub file: Option<String>,
}

/// The cases of a campaign.
pub fn of_campaign(summary: &Summary) -> Vec<Case> {
    let mode = &summary.plan.mode;
    let bases = summary.cells.iter();
    let cells = bases.flat_map(|(base, cells)| cells.iter().map(move |cell| (base, cell)));
    let cases = cells.map(|(base, (operation, cell))| {
        let failure = (cell.failed > 0).then(|| failure(summary, base, operation, cell.failed));
        Case {
            suite: format!("{mode}/{base}"),
            name: operation.clone(),
            runs: cell.runs,
            verdict: match cell.failed {
                0 => Verdict::Passed,
                _ => Verdict::Violated,
            },
            marks: None,
            skipped: None,
            failure,
        }
    });
    cases.collect()
}

/// The failure of a cell, told by the finding that is nearest to it.
fn failure(summary: &Summary, base: &str, operation: &str, failed: u64) -> Failure {
    let nearness = |finding: &&Finding| {
        u8::from(finding.operation.as_deref() == Some(operation)) * 2
            + u8::from(finding.base == base)
    };
    let nearest = summary.findings.iter().rev().max_by_key(nearness);
    Failure {
        kind: nearest.map_or_else(String::new, |finding| finding.class.objector.to_string()),
        message: nearest.map_or_else(
            || format!("{failed} runs failed"),
            |finding| format!("{} ({failed} runs failed)", finding.objection),
        ),
        scenario: nearest.map_or_else(String::new, |finding| finding.minimal.clone()),
        file: None,
    }
}

/// The case of a scenario that was tested.
pub fn of_run(run: &Run) -> Case {
    let scenario = &run.scenario;
    let verdict = run.verdict();
    let failure = || Failure {
        kind: verdict.to_string(),
        message: timeline::objections(run).join("; "),
        scenario: print(scenario),
        file: run
            .scenario
            .file
            .as_ref()
            .map(|file| file.display().to_string()),
    };
    Case {
        runs: 1,
        marks: Some(run.marks()),
        failure: (!verdict.is_good()).then(failure),
        verdict,
        ..of_scenario(scenario)
    }
}

/// The case of a scenario that was not run, and why.
pub fn of_skipped(scenario: &Scenario, why: String) -> Case {
    Case {
        skipped: Some(why),
        ..of_scenario(scenario)
    }
}

fn of_scenario(scenario: &Scenario) -> Case {
    let (suite, name) = scenario
        .name
        .rsplit_once('/')
        .unwrap_or(("", &scenario.name));
    Case {
        suite: format!("test/{suite}"),
        name: name.to_owned(),
        runs: 0,
        verdict: Verdict::Skipped,
        marks: None,
        skipped: None,
        failure: None,
    }
}
