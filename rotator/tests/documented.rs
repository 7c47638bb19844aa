//! What the person on call reads is compared with what the code says: error types, settings,
//! IAM actions and event fixtures.

use keywheel_rotator::RotationEvent;
use std::collections::BTreeSet;

const README: &str = include_str!("../README.md");
const POLICY: &str = include_str!("../deploy/iam-policy.json");
const ERRORS: &str = include_str!("../src/error.rs");
const CLIENTS: [&str; 2] = [
    include_str!("../src/aws/secrets.rs"),
    include_str!("../src/aws/api_keys.rs"),
];
const SETTINGS: [&str; 2] = [
    include_str!("../src/config.rs"),
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
        assert!(names.len() > 4, "{names:?}");
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
    let allowed = literals(POLICY, is_action);
    assert_eq!(called, allowed);
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
}
