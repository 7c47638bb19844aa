//! Functions that are processes and speak the Lambda Runtime API; they were given to the server when it was built.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keywheel_clients::{Test, tests};
use keywheel_emulator::fault::Rule;
use keywheel_emulator::http::Server;
use keywheel_emulator::invoke::LambdaProcess;
use serde_json::{Value, json};

use crate::rotation::{FUNCTION, current, events, names, settle};
use crate::server::{send, target};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Python] async a_process_rotates_stays_warm_and_ends_with_the_server,
        [Python] async calls_of_a_process_are_known_without_a_token,
        [Python] async errors_exits_and_failed_starts_are_failures_of_the_step,
        [Python] async a_time_out_kills_the_process_and_what_it_started,
    ]
}

const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

type Lines = Arc<Mutex<Vec<String>>>;

async fn server_with(function: Arc<LambdaProcess>, rules: &[&str]) -> Server {
    let mut builder = Server::builder().function("f", function);
    for rule in rules {
        let rule: Rule = serde_json::from_str(rule).unwrap();
        builder = builder.fault(rule);
    }
    let builder = builder.function_timeout(Duration::from_secs(5));
    builder.bind("127.0.0.1:0").await.unwrap()
}

/// Makes a secret, rotates it, and waits until that has ended, well or badly.
async fn rotate(server: &Server) {
    let new = json!({ "Name": "s", "SecretString": "old", "ClientRequestToken": "t".repeat(32) });
    let created = target(server, "secretsmanager.CreateSecret", &new).await;
    assert_eq!(created.status, 200, "{:?}", created.json());
    rotate_again(server, TOKEN).await;
}

async fn rotate_again(server: &Server, token: &str) {
    let input =
        json!({ "SecretId": "s", "ClientRequestToken": token, "RotationLambdaARN": FUNCTION });
    let reply = target(server, "secretsmanager.RotateSecret", &input).await;
    assert_eq!(reply.status, 200, "{:?}", reply.json());
    settle(server).await;
}

/// The function in one of its modes, and what it writes.
fn function(mode: &str) -> (Arc<LambdaProcess>, Lines) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lambda/function.py");
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

fn pid_in(value: &str) -> String {
    let value: Value = serde_json::from_str(value).unwrap();
    value["pid"].to_string()
}

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
    let first = pid_in(&current(&server).await);
    rotate_again(&server, &"u".repeat(32)).await;
    assert_eq!(pid_in(&current(&server).await), first, "the same process");
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
    let journal = send(&server, "GET /_keywheel/journal", &[], b"")
        .await
        .json();
    let call = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["fault"] == "kill-before");
    assert_eq!(call.unwrap()["step"], "createSecret");
    // The secret is stuck, as on AWS; a new one finds a new process.
    send(&server, "POST /_keywheel/reset", &[], b"").await;
    send(&server, "DELETE /_keywheel/faults", &[], b"").await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationSucceeded"]
    );
}

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

async fn a_time_out_kills_the_process_and_what_it_started() {
    let (function, lines) = function("hang");
    let server = Server::builder()
        .function("f", function)
        .function_timeout(Duration::from_secs(4))
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
