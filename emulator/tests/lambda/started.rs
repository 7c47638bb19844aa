//! Functions that the server was started with: shown and invoked as created ones are.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use keywheel_clients::{Test, tests};
use keywheel_emulator::http::Server;
use keywheel_emulator::invoke::{InProcess, LambdaProcess, LambdaUrl, RotationFunction};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::new_function;
use crate::server::{Reply, builder, dies, invoke, invoke_as, lambda, log_lines, send};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async a_started_function_is_shown_as_created_ones_are,
        [] async a_started_function_is_not_changed_but_permissions_are_given,
        [Python] async a_process_is_invoked_with_any_event_and_stays_warm,
        [Python] async events_that_nobody_waits_for_and_dry_runs,
        [Python] async a_process_that_fails_is_told_of_as_created_ones_are,
        [] async a_function_behind_a_url_is_invoked,
        [] async a_function_that_knows_rotations_only_refuses_other_events,
    ]
}

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

async fn server_with(function: impl RotationFunction + 'static) -> Server {
    let builder = builder().function("f", Arc::new(function));
    let builder = builder.function_timeout(Duration::from_secs(2));
    builder.bind("127.0.0.1:0").await.unwrap()
}

fn echo() -> LambdaProcess {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lambda/echo.py");
    LambdaProcess::new("f", format!("exec python3 '{}'", script.display()))
}

fn failure(reply: &Reply) -> (&str, Value) {
    assert_eq!(reply.status, 200, "{reply:?}");
    let how = reply.header("x-amz-function-error");
    (how.unwrap_or_default(), reply.json())
}

async fn a_started_function_is_shown_as_created_ones_are() {
    let server = server_with(echo()).await;
    let configuration = lambda(&server, "GET", "/f/configuration", &Value::Null).await;
    let configuration = configuration.json();
    for (member, expected) in [
        ("FunctionName", json!("f")),
        ("FunctionArn", json!(ARN)),
        ("Runtime", json!("provided.al2023")),
        ("Role", json!("arn:aws:iam::000000000000:role/f")),
        ("Handler", json!("bootstrap")),
        ("CodeSize", json!(0)),
        ("Timeout", json!(2)),
        ("MemorySize", json!(128)),
        ("Version", json!("$LATEST")),
        ("State", json!("Active")),
        ("LastUpdateStatus", json!("Successful")),
    ] {
        assert_eq!(configuration[member], expected, "{member}");
    }
    for name in ["f", ARN, "f:$LATEST"] {
        let found = lambda(&server, "GET", &format!("/{name}"), &Value::Null).await;
        let mut expected = configuration.clone();
        if name.ends_with("$LATEST") {
            expected["FunctionArn"] = json!(format!("{ARN}:$LATEST"));
        }
        assert_eq!(found.json()["Configuration"], expected, "{name}");
        assert_eq!(found.json()["Code"], json!({ "RepositoryType": "S3" }));
    }
    let list = lambda(&server, "GET", "", &Value::Null).await.json();
    let mut listed = configuration;
    for member in ["State", "LastUpdateStatus"] {
        listed.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(list["Functions"], json!([listed]));
    let version = lambda(&server, "GET", "/f:1", &Value::Null).await;
    assert_eq!(version.status, 404);
}

async fn a_started_function_is_not_changed_but_permissions_are_given() {
    let server = server_with(echo()).await;
    for (method, path) in [
        ("PUT", "/f/code"),
        ("PUT", "/f/configuration"),
        ("POST", "/f/versions"),
        ("DELETE", "/f"),
    ] {
        let refused = lambda(&server, method, path, &json!({ "Timeout": 9 })).await;
        let message = refused.json()["Message"].as_str().unwrap().to_owned();
        assert_eq!(refused.status, 501, "{method} {path}");
        assert!(message.contains("the server was started with"), "{message}");
    }
    let taken = lambda(&server, "POST", "", &new_function("f")).await;
    assert_eq!(taken.status, 409);
    let permission = json!({ "StatementId": "a", "Action": "lambda:InvokeFunction",
        "Principal": "111122223333" });
    let given = lambda(&server, "POST", "/f/policy", &permission).await;
    assert_eq!(given.status, 201);
    let policy = lambda(&server, "GET", "/f/policy", &Value::Null).await;
    assert!(
        policy.json()["Policy"]
            .as_str()
            .unwrap()
            .contains("111122223333")
    );
    send(&server, "POST /_keywheel/reset", &[], b"").await;
    let policy = lambda(&server, "GET", "/f/policy", &Value::Null).await;
    assert_eq!(policy.status, 404, "a reset begins without it");
    assert_eq!(lambda(&server, "GET", "/f", &Value::Null).await.status, 200);
}

async fn a_process_is_invoked_with_any_event_and_stays_warm() {
    let server = server_with(echo()).await;
    let first = invoke(&server, "f", &json!({ "a": [1, "ü"] })).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("x-amz-executed-version"), Some("$LATEST"));
    assert_eq!(first.header("x-amz-function-error"), None);
    assert_eq!(first.json()["event"], json!({ "a": [1, "ü"] }));
    let id = first.header("x-amzn-requestid").unwrap();
    assert_eq!(first.json()["request"], id);
    let log = first.log();
    assert!(
        log.starts_with(&format!("START RequestId: {id} Version: $LATEST\n")),
        "{log}"
    );
    assert!(log.contains("\ncalled with {\"a\":[1,\"ü\"]}\n"), "{log}");
    assert!(log.contains(&format!("REPORT RequestId: {id}")), "{log}");
    let again = invoke(&server, ARN, &json!(2)).await;
    assert_eq!(again.json()["pid"], first.json()["pid"]);
    assert!(
        !again.log().contains("ü"),
        "the log of this invocation only"
    );
}

async fn events_that_nobody_waits_for_and_dry_runs() {
    let server = server_with(echo()).await;
    let dry = invoke_as(&server, "f", "DryRun", b"\"dry\"").await;
    assert_eq!(dry.status, 204);
    let event = invoke_as(&server, "f", "Event", b"\"event\"").await;
    assert_eq!(event.status, 202);
    let called = |lines: &[String]| {
        let mut calls = lines.iter().filter(|line| line.starts_with("called with"));
        calls.next().cloned()
    };
    for _ in 0..200 {
        let lines = log_lines(&server).await;
        if lines.iter().any(|line| line.starts_with("REPORT")) {
            assert_eq!(called(&lines).as_deref(), Some("called with \"event\""));
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the event was not run");
}

async fn a_process_that_fails_is_told_of_as_created_ones_are() {
    let server = server_with(echo()).await;
    let raised = invoke(&server, "f", &json!("raise")).await;
    let own = json!({ "errorType": "Own", "errorMessage": "as it was told", "more": 1 });
    assert_eq!(failure(&raised), ("Unhandled", own));
    let pid = invoke(&server, "f", &json!(1)).await.json()["pid"].as_u64();
    for (event, error_type) in [("exit", "Runtime.ExitError"), ("hang", "Sandbox.Timedout")] {
        let reply = invoke(&server, "f", &json!(event)).await;
        let (how, error) = failure(&reply);
        assert_eq!(
            (how, &error["errorType"]),
            ("Unhandled", &json!(error_type))
        );
    }
    let next = invoke(&server, "f", &json!(2)).await.json()["pid"].as_u64();
    assert_ne!(next, pid, "it was started again");
    server.shutdown().await;
    assert!(dies(next.unwrap()).await);
}

/// Answers one request with its body in a list.
async fn url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        while !request.ends_with("}") {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).await.unwrap();
            request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
        let (_, event) = request.split_once("\r\n\r\n").unwrap();
        let length = event.len() + 2;
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n[{event}]");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    format!("http://{address}/")
}

async fn a_function_behind_a_url_is_invoked() {
    let server = server_with(LambdaUrl::new(&url().await).unwrap()).await;
    let reply = invoke(&server, "f", &json!({ "a": 1 })).await;
    assert_eq!(reply.json(), json!([{ "a": 1 }]));
}

async fn a_function_that_knows_rotations_only_refuses_other_events() {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let function = InProcess::new(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Ok(()) }
    });
    let server = server_with(function).await;
    let step = json!({ "Step": "testSecret", "SecretId": "s", "ClientRequestToken": "t" });
    assert_eq!(invoke(&server, "f", &step).await.json(), Value::Null);
    let reply = invoke(&server, "f", &json!({ "a": 1 })).await;
    let (how, error) = failure(&reply);
    assert_eq!(
        (how, &error["errorType"]),
        ("Unhandled", &json!("Runtime.UnknownEvent"))
    );
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}
