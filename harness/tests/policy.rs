//! The rotator's IAM policy is what it needs, no less and no more: every call of every scenario is
//! allowed by it, and without any one of its statements or actions a named scenario fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use keywheel::history::Exchange;
use keywheel::record::Verdict;
use keywheel::run::run;
use keywheel::scenario::{Holds, Located, Scenario, Statement};
use keywheel::subject::builtin::Builtin;
use keywheel::suite;
use keywheel_emulator::ids::AccountId;
use keywheel_emulator::state::policy::{
    Context, Policies, Principal, Request, ResourceRule, decide,
};
use keywheel_emulator::wire::policy_document::{Form, parse};
use serde_json::Value;

const POLICY: &str = include_str!("../../rotator/deploy/iam-policy.json");
const ACCOUNT: &str = "000000000000";
const APPSYNC: &str = "arn:aws:appsync:us-east-1:000000000000:";

/// The scenario that shows that an action is needed.
const NEEDED_BY: [(&str, &str); 10] = [
    ("secretsmanager:DescribeSecret", "happy/h1-first-rotation"),
    ("secretsmanager:GetSecretValue", "happy/h1-first-rotation"),
    ("secretsmanager:PutSecretValue", "happy/h1-first-rotation"),
    (
        "secretsmanager:UpdateSecretVersionStage",
        "happy/h1-first-rotation",
    ),
    ("appsync:ListApiKeys", "happy/h1-first-rotation"),
    ("appsync:CreateApiKey", "happy/h1-first-rotation"),
    ("appsync:GetGraphqlApi", "happy/h1-first-rotation"),
    ("appsync:GetApi", "events/kind-unknown"),
    ("appsync:UpdateApiKey", "happy/h4-third-rotation"),
    ("appsync:DeleteApiKey", "clock/k8-expired-keys-listed"),
];

/// A call as IAM sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    action: String,
    resource: String,
}

fn scenarios() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"))
}

/// The policy with its capitals filled in, but for the API, whose id differs from run to run.
fn policy() -> Value {
    let text = POLICY
        .replace("REGION", "us-east-1")
        .replace("ACCOUNT", ACCOUNT)
        .replace("NAME", "keywheel/mobile");
    serde_json::from_str(&text).unwrap()
}

fn call(exchange: &Exchange) -> Option<Call> {
    exchange.caller?;
    let path = exchange.uri.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (service, resource) = match segments.as_slice() {
        [""] => {
            let body: Value = serde_json::from_slice(&exchange.body).unwrap();
            let secret = body["SecretId"].as_str()?;
            ("secretsmanager", secret.to_owned())
        }
        // The table of actions names the API's ARN here; for the keys real denials name paths.
        [_, "apis", _] => ("appsync", format!("{APPSYNC}apis/API_ID")),
        [_, "apis", _, "apikeys"] => ("appsync", format!("{APPSYNC}/v1/apis/API_ID/apikeys")),
        [_, "apis", _, "apikeys", _] => {
            let key = format!("{APPSYNC}/v1/apis/API_ID/apikeys/KEY");
            ("appsync", key)
        }
        // The data plane knows no IAM when it is shown a key.
        _ => return None,
    };
    Some(Call {
        action: format!("{service}:{}", exchange.operation),
        resource,
    })
}

fn allows(policy: &Value, call: &Call) -> bool {
    let document = parse(&policy.to_string(), Form::Identity).unwrap();
    let account = AccountId::new(ACCOUNT);
    let principal = Principal::Session {
        account: account.clone(),
        role: format!("arn:aws:iam::{ACCOUNT}:role/rotator"),
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/rotator/function"),
        role_id: "AROAROTATOR".to_owned(),
    };
    let request = Request {
        principal: &principal,
        action: &call.action,
        resource: &call.resource,
        context: &Context::default(),
    };
    let policies = Policies {
        identity: vec![&document],
        session: None,
        resource: None,
        owner: &account,
        rule: ResourceRule::Adds,
    };
    decide(&request, &policies).is_allowed()
}

/// Is it about the rotator and its one secret, as the service calls it? The policy names one.
fn is_of_one_secret(scenario: &Scenario) -> bool {
    let is_sent = |statement: &Located<Statement>| matches!(statement.value, Statement::Send(_));
    let is_usual = scenario.function.is_none() && scenario.needs.is_none();
    let is_usual = is_usual && scenario.world.holds == Holds::Key;
    is_usual && scenario.world.secrets == 1 && !scenario.statements.iter().any(is_sent)
}

fn calls_of_all_scenarios() -> BTreeSet<Call> {
    let scenarios = suite::read(&[scenarios()]).unwrap();
    let scenarios = scenarios
        .iter()
        .filter(|scenario| is_of_one_secret(scenario));
    let runs = scenarios.map(|scenario| run(scenario, &Builtin));
    runs.flat_map(|run| run.history.calls().filter_map(call).collect::<Vec<_>>())
        .collect()
}

/// Every policy that lacks a statement, or one action of a statement, with what it lacks.
fn reduced() -> Vec<(String, Value)> {
    let whole = policy();
    let mut reduced = Vec::new();
    for (at, statement) in whole["Statement"].as_array().unwrap().iter().enumerate() {
        let mut without = whole.clone();
        without["Statement"].as_array_mut().unwrap().remove(at);
        reduced.push((statement["Sid"].as_str().unwrap().to_owned(), without));
        for (which, action) in statement["Action"].as_array().unwrap().iter().enumerate() {
            let mut without = whole.clone();
            let actions = without["Statement"][at]["Action"].as_array_mut().unwrap();
            actions.remove(which);
            reduced.push((action.as_str().unwrap().to_owned(), without));
        }
    }
    reduced
}

/// The scenario with every call to `actions` denied from its first event on.
fn with_denials(name: &str, actions: &BTreeSet<&str>) -> Scenario {
    let text = std::fs::read_to_string(scenarios().join(format!("{name}.scenario"))).unwrap();
    let heads = ["#", "keywheel ", "seed ", "world "];
    let is_head = |line: &str| heads.iter().any(|head| line.starts_with(head));
    let (head, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| is_head(line));
    let faults = actions.iter().map(|action| {
        let operation = action.split(':').nth(1).unwrap();
        format!("fault {operation} access-denied x*")
    });
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("denied.scenario");
    let lines: Vec<String> = head
        .into_iter()
        .map(str::to_owned)
        .chain(faults)
        .chain(rest.into_iter().map(str::to_owned))
        .collect();
    std::fs::write(path, lines.join("\n")).unwrap();
    suite::read_one(path).unwrap()
}

#[test]
fn every_call_of_every_scenario_is_allowed() {
    let policy = policy();
    let calls = calls_of_all_scenarios();
    let denied: Vec<&Call> = calls.iter().filter(|call| !allows(&policy, call)).collect();
    assert!(denied.is_empty(), "{denied:?}");
    let called: BTreeSet<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    let needed: BTreeSet<&str> = NEEDED_BY.iter().map(|(action, _)| *action).collect();
    assert_eq!(called, needed);
}

#[test]
fn without_any_statement_or_action_a_named_scenario_fails() {
    let calls = calls_of_all_scenarios();
    let mut shown = BTreeSet::new();
    for (lacking, policy) in reduced() {
        let denied: BTreeSet<&str> = calls
            .iter()
            .filter(|call| !allows(&policy, call))
            .map(|call| call.action.as_str())
            .collect();
        for (_, name) in NEEDED_BY
            .iter()
            .filter(|(action, _)| denied.contains(action))
        {
            let verdict = run(&with_denials(name, &denied), &Builtin).verdict();
            assert!(
                !verdict.is_good() && verdict != Verdict::FaultNotTriggered,
                "without {lacking}, {name} ends as {verdict:?}"
            );
            shown.insert(lacking.clone());
        }
        assert!(shown.contains(&lacking), "nothing misses {lacking}");
    }
    assert!(shown.len() > 10, "{shown:?}");
}
