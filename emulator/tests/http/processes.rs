//! Functions that are processes and speak the Lambda Runtime API; they need `python3`.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keywheel_emulator::http::Server;
use keywheel_emulator::invoke::LambdaProcess;
use serde_json::{Value, json};

use crate::client::{control, secrets};
use crate::rotation::{ARN, events, names, rotate, server_with, settle, value};

type Lines = Arc<Mutex<Vec<String>>>;

/// The function in one of its modes, and what it writes.
fn function(mode: &str) -> (Arc<LambdaProcess>, Lines) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/function.py");
    let command = format!("exec python3 '{}' {mode}", script.display());
    command_function(&command)
}

fn command_function(command: &str) -> (Arc<LambdaProcess>, Lines) {
    let lines = Lines::default();
    let kept = Arc::clone(&lines);
    let sink = move |_: &str, line: &str| kept.lock().unwrap().push(line.to_owned());
    let function = LambdaProcess::new("f", command).log_to(Arc::new(sink));
    (Arc::new(function), lines)
}

/// The lines once there are that many: they come through a pipe, after the answers.
async fn first_lines(lines: &Lines, count: usize) -> Vec<String> {
    for _ in 0..200 {
        if lines.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    lines.lock().unwrap().clone()
}

fn is_alive(pid: &str) -> bool {
    // A process that was killed may stay in the table until someone asks for its status.
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

async fn dies(pid: &str) -> bool {
    for _ in 0..100 {
        if !is_alive(pid) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

fn pid_in(value: &Value) -> String {
    let value: Value = serde_json::from_str(value.as_str().unwrap()).unwrap();
    value["pid"].to_string()
}

#[tokio::test]
async fn a_process_rotates_stays_warm_and_ends_with_the_server() {
    let (function, lines) = function("rotate");
    let server = server_with(function, &[]).await;
    rotate(&server).await;
    let events = events(&server).await;
    assert_eq!(
        names(&events),
        ["RotationStarted", "RotationSucceeded"],
        "{lines:?}"
    );
    let first = pid_in(&value(&server).await);
    again(&server).await;
    assert_eq!(pid_in(&value(&server).await), first, "the same process");
    let steps = [
        "step createSecret",
        "step setSecret",
        "step testSecret",
        "step finishSecret",
    ];
    assert_eq!(first_lines(&lines, 8).await, [steps, steps].concat());
    if cfg!(target_os = "linux") {
        assert!(is_alive(&first));
        server.shutdown().await;
        assert!(dies(&first).await);
    }
}

async fn again(server: &Server) {
    let input =
        json!({ "SecretId": "s", "ClientRequestToken": "u".repeat(32), "RotationLambdaARN": ARN });
    assert_eq!(
        secrets(server, "RotateSecret", &input)
            .await
            .unwrap()
            .status,
        200
    );
    settle(server).await;
}

#[tokio::test]
async fn calls_of_a_process_are_known_without_a_token() {
    let rule = r#"{"at":"createSecret/PutSecretValue","kind":"kill-before"}"#;
    let (function, lines) = function("rotate");
    let server = server_with(function, &[rule]).await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );
    assert_eq!(first_lines(&lines, 1).await, ["step createSecret"]);
    let journal = control(&server, "GET /_keywheel/journal", "").await;
    let call = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["fault"] == "kill-before");
    assert_eq!(call.unwrap()["step"], "createSecret");
    // The secret is stuck, as on AWS; a new one finds a new process.
    control(&server, "POST /_keywheel/reset", "").await;
    control(&server, "DELETE /_keywheel/faults", "").await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationSucceeded"]
    );
}

#[tokio::test]
async fn errors_exits_and_failed_starts_are_failures_of_the_step() {
    for mode in ["raise", "exit", "init"] {
        let (function, _) = function(mode);
        let server = server_with(function, &[]).await;
        rotate(&server).await;
        let events = events(&server).await;
        assert_eq!(
            names(&events),
            ["RotationStarted", "RotationFailed"],
            "{mode}"
        );
        assert!(
            events[1].1.contains("during createSecret step"),
            "{events:?}"
        );
    }
    let (function, lines) = command_function("no-such-command-anywhere");
    let server = server_with(function, &[]).await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );
    assert!(first_lines(&lines, 1).await[0].contains("not found"));
}

#[tokio::test]
async fn a_time_out_kills_the_process_and_what_it_started() {
    let (function, lines) = function("hang");
    let server = Server::builder()
        .function("f", function)
        .function_timeout(Duration::from_millis(1500))
        .bind("127.0.0.1:0");
    let server = server.await.unwrap();
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );
    let child = first_lines(&lines, 2)
        .await
        .into_iter()
        .find_map(|line| line.strip_prefix("child ").map(str::to_owned));
    let child = child.expect("the function got to start its child");
    if cfg!(target_os = "linux") {
        assert!(dies(&child).await, "{child}");
    }
}
