//! What the person on call reads and what deploys the rotator are compared with what the code says:
//! error types, settings, IAM actions, metrics and event fixtures.

use keywheel_rotator::RotationEvent;
use keywheel_rotator::event::Request;
use std::collections::BTreeSet;

const README: &str = include_str!("../README.md");
const POLICY: &str = include_str!("../deploy/iam-policy.json");
const SAM: &str = include_str!("../deploy/sam/template.yaml");
const TERRAFORM: [&str; 2] = [
    include_str!("../deploy/terraform/iam.tf"),
    include_str!("../deploy/terraform/alarms.tf"),
];
const TALLY: &str = include_str!("../src/tally.rs");
const ERRORS: &str = include_str!("../src/error.rs");
const CLIENTS: [&str; 2] = [
    include_str!("../src/aws/secrets.rs"),
    include_str!("../src/aws/api_keys.rs"),
];
const SETTINGS: [&str; 3] = [
    include_str!("../src/config.rs"),
    include_str!("../src/connect.rs"),
    include_str!("../src/main.rs"),
];

/// The string literals of `source` before its tests that `is_meant`.
fn literals(source: &str, is_meant: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let odd_parts = code.split('"').skip(1).step_by(2);
    odd_parts.filter(|literal| is_meant(literal)).collect()
}

fn undocumented<'a>(names: &BTreeSet<&'a str>, text: &str) -> Vec<&'a str> {
    names
        .iter()
        .copied()
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect()
}

#[test]
fn every_error_type_is_in_the_runbook() {
    let is_type = |text: &str| {
        text.starts_with(char::is_uppercase) && text.bytes().all(|b| b.is_ascii_alphabetic())
    };
    let types = literals(ERRORS, is_type);
    assert!(types.len() > 40, "{types:?}");
    assert_eq!(undocumented(&types, README), [""; 0]);
    for name in types {
        let anchor = format!("<a id=\"{}\"></a>`{name}`", name.to_lowercase());
        assert!(README.contains(&anchor), "{anchor}");
    }
}

#[test]
fn every_setting_is_in_the_table() {
    let is_variable = |text: &str| {
        text.len() > 5
            && text.contains(['_', 'I'])
            && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    };
    for source in SETTINGS {
        let names = literals(source, is_variable);
        assert!(names.len() > 1, "{names:?}");
        assert_eq!(undocumented(&names, README), [""; 0]);
    }
    assert!(README.contains("`AppSyncApiId`"));
}

#[test]
fn every_action_is_allowed_by_the_policy_and_no_other() {
    let is_action =
        |text: &str| text.starts_with("appsync:") || text.starts_with("secretsmanager:");
    let called: BTreeSet<&str> = CLIENTS
        .iter()
        .flat_map(|source| literals(source, is_action))
        .collect();
    assert_eq!(called, literals(POLICY, is_action));
    assert_eq!(called, literals(TERRAFORM[0], is_action));
    let lines = SAM.lines().map(|line| line.trim().trim_start_matches("- "));
    assert_eq!(called, lines.filter(|line| is_action(line)).collect());
}

#[test]
fn every_metric_with_an_alarm_is_published() {
    let after = |text: &'static str, name: &str| -> BTreeSet<&str> {
        let values = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix(name));
        values
            .map(|value| value.trim_matches([' ', '=', '"']))
            .collect()
    };
    let watched = after(SAM, "MetricName:");
    assert_eq!(watched, after(TERRAFORM[1], "metric "));
    let published = literals(TALLY, |text| text.starts_with(char::is_uppercase));
    assert_eq!(watched.len(), 3);
    assert!(watched.is_subset(&published), "{watched:?} {published:?}");
}

#[test]
fn the_event_fixtures_are_events() {
    for (step, fixture) in [
        (
            "createSecret",
            include_str!("../deploy/events/createSecret.json"),
        ),
        ("setSecret", include_str!("../deploy/events/setSecret.json")),
        (
            "testSecret",
            include_str!("../deploy/events/testSecret.json"),
        ),
        (
            "finishSecret",
            include_str!("../deploy/events/finishSecret.json"),
        ),
    ] {
        let event: RotationEvent = serde_json::from_str(fixture).unwrap();
        assert_eq!(event.step().unwrap().name(), step);
    }
    let sweep = include_str!("../deploy/events/sweep.json");
    let sweep = Request::from_value(serde_json::from_str(sweep).unwrap()).unwrap();
    assert!(matches!(sweep, Request::Sweep(Some(_))));
}
