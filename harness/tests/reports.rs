//! What machines are told: JSON lines that are read back, JUnit, TAP, and GitHub's limits.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};
use std::rc::Rc;

use keywheel::explore::coverage::Mode;
use keywheel::explore::item::Index;
use keywheel::explore::shape::{Feature, Phase};
use keywheel::explore::shard::Shard;
use keywheel::explore::summary::{Cell, Finding, Plan, Summary};
use keywheel::mutants;
use keywheel::oracle::Kind;
use keywheel::record::timeline;
use keywheel::record::{Class, Objector, Run, Verdict};
use keywheel::report::case::{Case, of_campaign, of_run, of_skipped};
use keywheel::report::{github, html, json, junit, page, tap};
use keywheel::run::run;
use keywheel::scenario::OracleId;
use keywheel::subject::builtin::Builtin;
use keywheel::suite;
use keywheel_emulator::ids::Step;

fn summary(index: u32, of: u32) -> Summary {
    let plan = Plan {
        mode: Mode::Sweep,
        function: "mutant:x".to_owned(),
        seed: 1,
        bounds: [("depth".to_owned(), 1.into())].into(),
    };
    let mut summary = Summary::new(plan, Shard { index, of });
    (summary.runs, summary.failed) = (7, 2);
    let cell = Cell { runs: 7, failed: 2 };
    let other = Cell { runs: 3, failed: 0 };
    let cells = [
        ("CreateApiKey".to_owned(), cell),
        ("GraphQL".to_owned(), other),
    ];
    summary.cells.insert("first".to_owned(), cells.into());
    summary.add_finding(Finding {
        class: Class {
            objector: Objector::Oracle(OracleId::Served),
            kind: Kind::about("deleted", "setSecret"),
        },
        operation: Some("CreateApiKey".to_owned()),
        base: "first".to_owned(),
        shape: vec![Feature::Fault {
            step: Some(Step::CreateSecret),
            operation: "CreateApiKey".to_owned(),
            phase: Phase::AfterEffect,
        }],
        count: 2,
        first: Index::root(3),
        objection: "served: a client holds <k1> & \"more\"".to_owned(),
        minimal: "# story\nkeywheel scenario 1\nrotate s\n".to_owned(),
        original: "keywheel scenario 1\nrotate s\n".to_owned(),
    });
    summary
}

#[test]
fn json_lines_are_objects_with_a_type_and_the_summary_is_read_back() {
    let summary = summary(1, 1);
    let text = json::report("sweep", "mutant:x", &of_campaign(&summary), Some(&summary));
    let kinds: Vec<String> = text
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            value["type"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds, ["command", "case", "case", "summary"]);
    assert_eq!(json::summaries(&text).unwrap(), [summary]);
    assert_eq!(
        json::summaries("{\"type\":\"case\"}\nx\n").unwrap_err().0,
        2
    );
}

#[test]
fn junit_has_one_case_for_each_operation_and_the_scenario_as_the_failures_text() {
    let xml = junit::report("sweep", &of_campaign(&summary(1, 1))).unwrap();
    assert_eq!(xml.matches("<testcase ").count(), 2, "{xml}");
    assert!(
        xml.contains("tests=\"2\"") && xml.contains("failures=\"1\""),
        "{xml}"
    );
    assert!(xml.contains("keywheel scenario 1\nrotate s"), "{xml}");
    assert!(xml.contains("&lt;k1&gt; &amp; "), "{xml}");
}

#[test]
fn tap_plans_and_numbers_its_lines() {
    let text = tap::report(&of_campaign(&summary(1, 1)));
    assert!(text.starts_with("TAP version 14\n1..2\nnot ok 1 - sweep/first/CreateApiKey\n  ---\n"));
    assert!(
        text.contains("    keywheel scenario 1\n    rotate s\n  ...\nok 2 - "),
        "{text}"
    );
}

#[test]
fn what_was_not_run_is_told_with_the_reason_and_fails_nothing() {
    let scenario = suite::read_text("group/x", "keywheel scenario 1\nrotate\n").unwrap();
    let held = of_run(&run(&scenario, &Builtin));
    let cases = [held, of_skipped(&scenario, "needs=time & luck".to_owned())];
    let xml = junit::report("test", &cases).unwrap();
    assert!(
        xml.contains("<skipped message=\"needs=time &amp; luck\"/>"),
        "{xml}"
    );
    assert!(
        xml.contains("skipped=\"1\"") && xml.contains("failures=\"0\""),
        "{xml}"
    );
    let tap = tap::report(&cases);
    assert!(
        tap.ends_with("ok 2 - test/group/x # SKIP needs=time & luck\n"),
        "{tap}"
    );
    let page = page::page("test", &cases, &[]);
    let told = "1 runs in 1 cases, 0 of which failed; 1 skipped";
    assert!(
        page.contains(told) && page.contains("needs=time &amp; luck"),
        "{page}"
    );
    assert_eq!(github::annotations(&cases), "");
    assert!(github::step_summary("test", &cases).contains(told));
}

#[test]
fn github_gets_no_more_than_it_shows() {
    let one = of_campaign(&summary(1, 1)).remove(0);
    let long = "x".repeat(20_000);
    let many: Vec<Case> = (0..100)
        .map(|number| {
            let mut case = one.clone();
            case.name = number.to_string();
            case.failure.as_mut().unwrap().scenario.clone_from(&long);
            case
        })
        .collect();
    let annotations = github::annotations(&many);
    assert_eq!(annotations.matches("::error ").count(), 10);
    assert_eq!(annotations.lines().count(), 11);
    assert!(
        annotations.contains("90 more failures"),
        "what is left out is told"
    );
    let page = github::step_summary("sweep", &many);
    assert!(page.len() < 1024 * 1024, "{} bytes", page.len());
    assert!(page.contains("more failures do not fit"));
}

#[test]
fn a_timeline_needs_no_script_links_the_violation_and_shows_no_key() {
    let mutant = mutants::ALL
        .iter()
        .find(|m| m.subject.name() == "article-b")
        .unwrap();
    let scenario = suite::read_text("x", "keywheel scenario 1\nrotate\n").unwrap();
    let run = run(&scenario, mutant.subject);
    let page = html::page("x", &run);
    assert!(page.contains("href=\"#violation1\"") && page.contains("id=\"violation1\""));
    assert!(!page.contains("<script"));
    let cells = page.matches("<td class=\"bar exists current\">").count();
    assert!(cells > 0, "the current key has a bar");
    for (key, name) in run.names.keys() {
        assert!(!page.contains(&key[4..]), "{name} is shown");
    }
}

#[test]
fn the_html_report_has_every_case_and_each_finding_with_its_timeline_and_no_key() {
    let mutant = mutants::ALL
        .iter()
        .find(|m| m.subject.name() == "article-b");
    let subject = mutant.unwrap().subject;
    let runs: Vec<_> = ["rotate\n", "advance 1h\n", "rotate\nadvance 5d\nrotate\n"]
        .iter()
        .map(|body| suite::read_text("x", &format!("keywheel scenario 1\n{body}")).unwrap())
        .map(|scenario| (run(&scenario, subject), scenario))
        .collect();
    let cases: Vec<Case> = runs.iter().map(|(run, _)| of_run(run)).collect();
    let failed: Vec<Rc<Run>> = runs
        .into_iter()
        .filter(|(run, _)| run.verdict() != Verdict::Passed)
        .map(|(run, _)| Rc::new(run))
        .collect();
    assert!(failed.len() > 1);
    let html = page::page("x", &cases, &page::of_runs(&cases, &failed));
    assert_eq!(
        html.matches("<tr class=\"ok\"><td><i>").count() + failed.len(),
        3
    );
    for number in 1..=failed.len() {
        assert!(
            html.contains(&format!("<h3 id=\"finding{number}\">")),
            "{number}"
        );
        assert!(
            html.contains(&format!("id=\"finding{number}-violation1\"")),
            "{number}"
        );
    }
    assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("http"));
    for (key, name) in failed.iter().flat_map(|run| run.names.keys()) {
        assert!(!html.contains(&key[4..]), "{name} is shown");
    }
}

#[test]
fn a_finding_with_a_key_in_a_form_that_no_name_stands_for_is_withheld() {
    let scenario = suite::read_text("x", "keywheel scenario 1\nrotate\n").unwrap();
    let run = Rc::new(run(&scenario, &Builtin));
    let (key, _) = run.names.keys().next().unwrap();
    let hexed: String = key[4..].bytes().map(|byte| format!("{byte:02x}")).collect();
    let finding = |scenario: &str| page::Finding {
        title: "a title".to_owned(),
        scenario: scenario.to_owned(),
        run: Some(Rc::clone(&run)),
    };
    let html = page::page(
        "x",
        &[],
        &[finding("nothing"), finding(&format!("x {hexed}"))],
    );
    assert!(!html.contains(&hexed), "the key is shown");
    assert_eq!(html.matches("there is a secret in it").count(), 1);
    assert_eq!(html.matches("a title").count(), 1);
}

#[test]
fn a_run_tells_the_marks_that_it_met() {
    let text = "keywheel scenario 1\nfault createSecret/DescribeSecret#1 error-503\nrotate\n\
        expect coverage retry-absorbed\n";
    let scenario = suite::read_text("x", text).unwrap();
    let case = of_run(&run(&scenario, &Builtin));
    assert_eq!(case.failure, None);
    let line: serde_json::Value = serde_json::from_str(
        json::report("test", "builtin", &[case], None)
            .lines()
            .nth(1)
            .unwrap(),
    )
    .unwrap();
    assert_eq!(line["marks"], serde_json::json!(["retry-absorbed"]));
    let wrong = text.replace("retry-absorbed", "killed");
    let scenario = suite::read_text("x", &wrong).unwrap();
    let run = run(&scenario, &Builtin);
    assert_eq!(
        timeline::objections(&run),
        ["line 4: killed was not covered; covered so far: retry-absorbed"]
    );
}

fn keywheel(arguments: &[&str]) -> Output {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel"));
    command.current_dir(top).args(arguments).output().unwrap()
}

#[test]
fn shards_are_merged_on_the_command_line_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |index: u32| {
        let path = folder.path().join(format!("{index}.jsonl"));
        let part = summary(index, 2);
        let text = json::report("sweep", "mutant:x", &of_campaign(&part), Some(&part));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, two) = (file(1), file(2));
    // A folder that is not there is made.
    let tap = folder.path().join("reports/of/today/whole.tap");
    let tap = tap.to_str().unwrap().to_owned();
    let report = format!("--report=tap={tap}");
    let whole = keywheel(&["merge", &one, &two, &report]);
    let told = String::from_utf8_lossy(&whole.stdout).into_owned();
    assert_eq!(whole.status.code(), Some(1), "{told}");
    assert!(told.contains("14 runs: 4 failed; 1 findings"), "{told}");
    assert!(
        std::fs::read_to_string(tap)
            .unwrap()
            .starts_with("TAP version 14\n1..2")
    );
    for (files, reason) in [
        (vec!["merge", &one], "1 are missing: 2"),
        (vec!["merge", &one, &one], "shard 1/2 is there twice"),
        (
            vec!["merge", "README.md"],
            "README.md:1: not a line of a report",
        ),
        (vec!["merge", "no/such.jsonl"], "cannot read no/such.jsonl"),
    ] {
        let output = keywheel(&files);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn bad_options_of_a_search_end_with_2_and_a_way_out() {
    for (arguments, hint) in [
        (vec!["sweep", "--shard", "5/4"], "no shard 5 of 4"),
        (vec!["sweep", "--depth", "3"], "1..=2"),
        (vec!["sweep", "--report", "xml=a"], "junit=FILE"),
        (
            vec!["sweep", "--function", "mutant:no-adoptoin"],
            "did you mean mutant:no-adoption?",
        ),
        (vec!["interleave", "--actors", "4"], "2..=3"),
        (
            vec!["interleave", "--preemptions", "few"],
            "a whole number, or all",
        ),
        (
            vec!["fuzz", "--runs", "3", "--for", "1m"],
            "cannot be used with",
        ),
        (vec!["fuzz", "--for", "soon"], "a whole number, as in 30s"),
    ] {
        let output = keywheel(&arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(hint), "{arguments:?}: {told}");
    }
}
