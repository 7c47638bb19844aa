//! The program that records answers of AWS, run against the emulator itself.

use keywheel_clients::{Client, Test, tests};
use serde_json::Value;

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] what_is_recorded_from_an_emulator_is_what_an_emulator_answers,
        [Boto3 Websockets] what_costs_much_or_days_is_asked_by_name_only,
    ]
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../emulator/record/appsync.py");

fn what_is_recorded_from_an_emulator_is_what_an_emulator_answers() {
    let python = Client::Boto3.program();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.json");
    let file = file.to_str().unwrap();
    let recorded = Serve::start(&["--seed", "7"]);
    let url = recorded.url.clone();
    let record = [SCRIPT, "record", "--endpoint-url", &url, "--out", file];
    let refused = run_client(&recorded, &python, &record);
    assert!(!refused.status.success(), "it asks before it does anything");
    let plan = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(
        plan.contains("51 keys") && plan.contains("keywheel-record-"),
        "{plan}"
    );
    let with_yes = [&record[..], &["--yes"]].concat();
    check(&run_client(&recorded, &python, &with_yes));
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        !text.contains("da2-") && !text.contains("127.0.0.1"),
        "{text}"
    );
    let answers: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answers["answers"]["limits"]["made"], 50);
    let left = recorded.get("/_keywheel/snapshot");
    assert!(left.contains(r#""apis":[]"#), "{left}");

    let other = Serve::start(&["--seed", "8"]);
    let compare = [SCRIPT, "compare", file, "--endpoint-url", &other.url];
    check(&run_client(&other, &python, &compare));
    let strange = Serve::start(&["--seed", "9", "--set", "appsync.keysMax=3"]);
    let compare = [SCRIPT, "compare", file, "--endpoint-url", &strange.url];
    let differs = run_client(&strange, &python, &compare);
    let told = String::from_utf8_lossy(&differs.stdout).into_owned();
    assert_eq!(differs.status.code(), Some(1), "{told}");
    assert!(told.contains("limits / made"), "{told}");
}

fn what_costs_much_or_days_is_asked_by_name_only() {
    let python = Client::Websockets.program();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.json");
    let file = file.to_str().unwrap();
    let serve = Serve::start(&["--seed", "7"]);
    let url = serve.url.clone();
    let record = [SCRIPT, "record", "--endpoint-url", &url, "--out", file];
    let by_name = ["--only", "socket,throttling,revival", "--yes"];
    let output = run_client(&serve, &python, &[&record[..], &by_name].concat());
    check(&output);
    let text = std::fs::read_to_string(file).unwrap();
    let answers: Value = serde_json::from_str(&text).unwrap();
    let answers = &answers["answers"];
    assert_eq!(answers["throttling"]["one too many"]["status"], 429);
    assert_eq!(answers["revival"]["expired"]["status"], 401);
    assert_eq!(answers["revival"]["revived"]["status"], 200);
    assert_eq!(answers["revival"]["seconds until it works"], 0.0);
    let after = answers["socket"]["after the deletion"].as_str().unwrap();
    assert!(after.contains(r#""said""#), "{after}");
    let left = serve.get("/_keywheel/snapshot");
    assert!(left.contains(r#""apis":[]"#), "{left}");
}
