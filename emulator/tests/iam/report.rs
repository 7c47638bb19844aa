//! Audit: nothing is refused, everything is noted.

use keywheel_emulator::state::iam::settings::Enforcement;
use serde_json::json;

use crate::client::{ACCOUNT, Client};

#[test]
fn audit_refuses_nothing_and_notes_what_would_be_refused() {
    let mut client = Client::new(Enforcement::Audit);
    let ann = client.become_user("ann", None);
    client.secrets("ListSecrets", &json!({})).ok();
    client.secrets("ListSecrets", &json!({})).ok();
    let report = client.engine.access_report();
    let (_, observed) = report.callers().find(|(name, _)| *name == ann).unwrap();
    assert_eq!((observed.checks, observed.refusals), (2, 2));
    let (text, count) = observed.refused.first_key_value().unwrap();
    assert!(
        text.contains("secretsmanager:ListSecrets because no identity-based"),
        "{text}"
    );
    assert_eq!(*count, 2);
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let (_, observed) = report.callers().find(|(name, _)| *name == root).unwrap();
    assert_eq!(observed.refusals, 0, "the account may");
    assert!(!observed.needs.is_empty(), "but what it needed is noted");
}

#[test]
fn the_least_policy_groups_resources_and_tells_no_key() {
    let mut client = Client::new(Enforcement::Audit);
    let body = r#"{"name":"a","authenticationType":"API_KEY"}"#;
    let api = client.appsync("POST", "/v1/apis", body).ok().json();
    let id = api["graphqlApi"]["apiId"].as_str().unwrap().to_owned();
    client.become_user("ann", None);
    let keys = format!("/v1/apis/{id}/apikeys");
    let key = client.appsync("POST", &keys, "{}").ok().json();
    let key = key["apiKey"]["id"].as_str().unwrap().to_owned();
    client.appsync("GET", &keys, "").ok();
    client.appsync("POST", &format!("{keys}/{key}"), "{}").ok();
    client.appsync("DELETE", &format!("{keys}/{key}"), "").ok();
    let report = client.engine.access_report();
    let (_, observed) = report
        .callers()
        .find(|(name, _)| name.ends_with("ann"))
        .unwrap();
    let prefix = format!("arn:aws:appsync:eu-west-1:{ACCOUNT}:{keys}");
    let statements = observed.statements();
    let shown: Vec<_> = statements
        .iter()
        .map(|(actions, resources)| (actions.iter().map(String::as_str).collect(), resources))
        .collect();
    assert_eq!(
        shown,
        [
            (
                vec!["appsync:CreateApiKey", "appsync:ListApiKeys"],
                &vec![prefix.clone()]
            ),
            (
                vec!["appsync:DeleteApiKey", "appsync:UpdateApiKey"],
                &vec![format!("{prefix}/*")]
            ),
        ]
    );
    assert!(!format!("{report:?}").contains(&key));
}

/// Calls that are no calls are refused as such, and what is kept of the others is bounded.
#[test]
fn the_report_does_not_grow_with_what_callers_make_up() {
    let mut client = Client::new(Enforcement::Enforce);
    client.become_user("ann", None);
    let long = "x".repeat(1 << 20);
    let refused = client.secrets("GetSecretValue", &json!({ "SecretId": long }));
    let json = refused.json();
    assert_eq!(
        json["__type"],
        "ValidationException",
        "{}",
        &json.to_string()[..200]
    );
    let keys = format!("/v1/apis/{}/apikeys", &long[..30_000]);
    for _ in 0..3 {
        client.appsync("GET", &keys, "");
    }
    for number in 0..6_000 {
        let id = format!("{number}{}", "y".repeat(2_000));
        client.secrets("GetSecretValue", &json!({ "SecretId": id }));
    }
    let report = client.engine.access_report();
    let (_, observed) = report
        .callers()
        .find(|(name, _)| name.ends_with("ann"))
        .unwrap();
    assert!(observed.refusals >= 6_000, "{}", observed.refusals);
    assert!(format!("{report:?}").len() < 20 << 20);
}

#[test]
fn nothing_is_noted_where_policies_are_off() {
    let mut client = Client::new(Enforcement::Off);
    client.secrets("ListSecrets", &json!({})).ok();
    assert_eq!(client.engine.access_report().callers().count(), 0);
}
