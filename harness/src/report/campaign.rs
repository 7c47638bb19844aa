//! A campaign in plain text: each cause once, then what the campaign has done, so that a good
//! result can be believed.

use std::fmt::Write as _;

use serde_json::Value;

use crate::explore::coverage::{self, Mode};
use crate::explore::summary::{FaultCounts, Finding, PREEMPTIONS, Summary};
use crate::history::marks;
use crate::record::Class;
use crate::scenario::Mark;

/// How many smallest scenarios are printed for one objection; the files hold all.
const SHOWN: usize = 3;

/// The findings, under what the oracles say.
pub fn findings(summary: &Summary) -> String {
    let mut text = String::new();
    let mut classes: Vec<&Class> = summary
        .findings
        .iter()
        .map(|finding| &finding.class)
        .collect();
    classes.dedup();
    for class in classes {
        let own = summary
            .findings
            .iter()
            .filter(|finding| finding.class == *class);
        let own: Vec<&Finding> = own.collect();
        let runs: u64 = own.iter().map(|finding| finding.count).sum();
        let objection = own.first().map_or("", |finding| &finding.objection);
        line(&mut text, format_args!("✗ {objection}"));
        let causes = own.len();
        let ways = if causes == 1 {
            "way".to_owned()
        } else {
            format!("{causes} ways")
        };
        line(
            &mut text,
            format_args!("  {runs} runs, {ways} to come to it"),
        );
        for finding in own.iter().take(SHOWN) {
            text += &one_finding(finding);
        }
        if causes > SHOWN {
            line(
                &mut text,
                format_args!("\n    and {} more ways", causes - SHOWN),
            );
        }
        text.push('\n');
    }
    text
}

fn one_finding(finding: &Finding) -> String {
    let shape: Vec<String> = finding.shape.iter().map(ToString::to_string).collect();
    let shape = match shape.is_empty() {
        true => "no fault at all".to_owned(),
        false => shape.join(" + "),
    };
    let mut text = format!(
        "\n    {shape}: {} runs, the first {}\n",
        finding.count, finding.first
    );
    for scenario_line in finding.minimal.lines() {
        line(&mut text, format_args!("      {scenario_line}"));
    }
    text
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a text cannot fail");
}

/// What was done: the faults, the coverage, the repeats.
pub fn evidence(summary: &Summary) -> String {
    let mut text = String::new();
    let mut all = FaultCounts::default();
    summary.faults.values().for_each(|counts| all.add(*counts));
    line(
        &mut text,
        format_args!(
            "faults: {} injected, {} triggered, {} reached the function, {} changed the end of a run",
            all.injected, all.triggered, all.reached, all.changed
        ),
    );
    let idle = not_triggered(summary);
    if is_strict(summary) && !idle.is_empty() {
        line(
            &mut text,
            format_args!("faults not triggered: {}", idle.join(", ")),
        );
    }
    let marks = summary.marks.iter();
    let marks: Vec<String> = marks.map(|(mark, runs)| format!("{mark} {runs}")).collect();
    if !marks.is_empty() {
        line(&mut text, format_args!("coverage: {}", marks.join(", ")));
    }
    for mark in missed_marks(summary) {
        let what = marks::text(mark);
        line(&mut text, format_args!("not covered: {mark}: {what}"));
    }
    let repeats = &summary.repeats;
    line(
        &mut text,
        format_args!(
            "deterministic: {} runs repeated on another thread, in reverse order, with tracing on: {}",
            repeats.runs,
            match repeats.differing.len() {
                0 => "byte-identical".to_owned(),
                count => format!("{count} DIFFER"),
            }
        ),
    );
    for difference in repeats.differing.iter().take(SHOWN) {
        let (index, at, told) = (&difference.index, difference.line, &difference.text);
        line(&mut text, format_args!("  run {index}, line {at}: {told}"));
    }
    text
}

/// Must every order happen? Random ones may miss; those of a sweep were found by running.
pub fn is_strict(summary: &Summary) -> bool {
    summary.plan.mode == Mode::Sweep
}

/// Kinds that were injected at an operation and not triggered there.
pub fn not_triggered(summary: &Summary) -> Vec<&str> {
    let idle = summary
        .faults
        .iter()
        .filter(|(_, counts)| counts.injected > 0 && counts.triggered == 0);
    idle.map(|(name, _)| name.as_str()).collect()
}

/// Faults that must have been triggered before a random campaign is asked for its coverage.
const TRIGGERED_MIN: u64 = 200;

/// Situations that the whole campaign had to cover and has not. A part of a campaign, a random one that is
/// short, and one in which nobody is interrupted are not asked.
pub fn missed_marks(summary: &Summary) -> Vec<Mark> {
    let triggered: u64 = summary.faults.values().map(|it| it.triggered).sum();
    let is_random = summary.plan.mode.is_random();
    let is_short = is_random && triggered < TRIGGERED_MIN;
    let is_tame = summary.plan.bounds.get(PREEMPTIONS) == Some(&Value::from(0));
    if is_short || is_tame || summary.is_cut_short || summary.shard.of != 1 {
        return Vec::new();
    }
    let is_builtin = summary.plan.function == "builtin";
    let demanded = coverage::demanded(summary.plan.mode, is_builtin);
    demanded
        .filter(|mark| !summary.marks.contains_key(mark))
        .collect()
}

/// The whole ledger, one line for each kind and operation.
pub fn ledger(summary: &Summary) -> String {
    let mut text = format!(
        "{:<44} {:>8} {:>9} {:>8} {:>8}\n",
        "fault", "injected", "triggered", "reached", "changed"
    );
    for (name, counts) in &summary.faults {
        let FaultCounts {
            injected,
            triggered,
            reached,
            changed,
        } = counts;
        line(
            &mut text,
            format_args!("{name:<44} {injected:>8} {triggered:>9} {reached:>8} {changed:>8}"),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::explore::shard::Shard;
    use crate::explore::summary::Plan;

    #[test]
    fn marks_of_interruptions_are_asked_for_where_somebody_is_interrupted() {
        let summary = |preemptions: u32| {
            let bounds = [(PREEMPTIONS.to_owned(), Value::from(preemptions))];
            let plan = Plan {
                mode: Mode::Interleave,
                function: "builtin".to_owned(),
                seed: 1,
                bounds: BTreeMap::from(bounds),
            };
            Summary::new(plan, Shard::WHOLE)
        };
        assert!(missed_marks(&summary(1)).contains(&Mark::Overlapped));
        assert!(missed_marks(&summary(0)).is_empty());
    }
}
