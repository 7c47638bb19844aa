//! The rotation driver, with functions in this process and behind a URL.
//!
//! Every test here runs on one thread: the server, the function that calls it back over HTTP, and
//! the client. A driver that held a request worker would stand still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use keywheel_emulator::fault::Rule;
use keywheel_emulator::http::Server;
use keywheel_emulator::ids::Step;
use keywheel_emulator::invoke::{
    InProcess, InvocationContext, LambdaUrl, RotationEvent, RotationFunction, StepFailure,
    StepResult,
};
use keywheel_emulator::time::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{control, moment, secrets};
use crate::sdk::clients;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

async fn server_with(function: Arc<dyn RotationFunction>, rules: &[&str]) -> Server {
    let clock = Clock::Frozen { at: moment() };
    let mut builder = Server::builder().clock(clock).function("f", function);
    for rule in rules {
        let rule: Rule = serde_json::from_str(rule).unwrap();
        builder = builder.fault(rule);
    }
    let timeout = Duration::from_secs(5);
    builder
        .function_timeout(timeout)
        .bind("127.0.0.1:0")
        .await
        .unwrap()
}

/// Makes a secret, rotates it, and waits until that has ended, well or badly.
async fn rotate(server: &Server) {
    let input = json!({ "Name": "s", "SecretString": "old", "ClientRequestToken": "t".repeat(32) });
    assert_eq!(
        secrets(server, "CreateSecret", &input)
            .await
            .unwrap()
            .status,
        200
    );
    let input = json!({ "SecretId": "s", "ClientRequestToken": TOKEN, "RotationLambdaARN": ARN });
    let reply = secrets(server, "RotateSecret", &input).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    settle(server).await;
}

/// An advance by nothing answers when no function runs any more.
async fn settle(server: &Server) {
    control(server, "POST /_keywheel/clock", r#"{"advance":"0s"}"#).await;
}

async fn value(server: &Server) -> Value {
    let input = json!({ "SecretId": "s" });
    let reply = secrets(server, "GetSecretValue", &input).await.unwrap();
    reply.json()["SecretString"].clone()
}

/// The service's events, and what they say of an error.
async fn events(server: &Server) -> Vec<(String, String)> {
    let journal = control(server, "GET /_keywheel/journal", "").await;
    let entries = journal["entries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .filter(|entry| entry["kind"] == "event")
        .map(|entry| (text(&entry["name"]), text(&entry["message"])))
        .collect()
}

fn names(events: &[(String, String)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

fn failed(message: impl Into<String>) -> StepFailure {
    StepFailure {
        error_type: "Test".to_owned(),
        message: message.into(),
    }
}

/// A rotation function as AWS's template has it, over the real SDK.
async fn template(event: RotationEvent, context: InvocationContext) -> StepResult {
    let client = clients(&context.endpoint_url, Some(context.session_token())).secrets;
    let fail = |error: &dyn std::fmt::Debug| failed(format!("{error:?}"));
    let (id, token) = (&event.secret_id, &event.client_request_token);
    match event.step {
        Step::CreateSecret => {
            let put = client
                .put_secret_value()
                .secret_id(id)
                .client_request_token(token);
            let put = put.secret_string("new").version_stages("AWSPENDING");
            put.send().await.map_err(|error| fail(&error))?;
        }
        Step::SetSecret | Step::TestSecret => {
            let get = client
                .get_secret_value()
                .secret_id(id)
                .version_stage("AWSPENDING");
            get.send().await.map_err(|error| fail(&error))?;
        }
        Step::FinishSecret => {
            let current = client.get_secret_value().secret_id(id).send().await;
            let current = current.map_err(|error| fail(&error))?.version_id.unwrap();
            let update = client.update_secret_version_stage().secret_id(id);
            let update = update
                .version_stage("AWSCURRENT")
                .remove_from_version_id(current);
            let update = update.move_to_version_id(token).send().await;
            update.map_err(|error| fail(&error))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_function_that_calls_back_rotates_on_one_thread() {
    let server = server_with(Arc::new(InProcess::new(template)), &[]).await;
    rotate(&server).await;
    assert_eq!(value(&server).await, "new");
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationSucceeded"]
    );
}

#[tokio::test]
async fn a_schedule_rotates_as_the_clock_advances() {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let function = InProcess::new(move |event, context| {
        counted.fetch_add(1, Ordering::Relaxed);
        template(event, context)
    });
    let server = server_with(Arc::new(function), &[]).await;
    rotate(&server).await;
    let rules = json!({ "SecretId": "s", "ClientRequestToken": "u".repeat(32),
        "RotationRules": { "ScheduleExpression": "rate(10 days)" } });
    secrets(&server, "RotateSecret", &rules).await.unwrap();
    control(&server, "POST /_keywheel/clock", r#"{"advance":"35d"}"#).await;
    let events = events(&server).await;
    let succeeded = names(&events)
        .iter()
        .filter(|name| **name == "RotationSucceeded")
        .count();
    assert_eq!(
        succeeded,
        2 + 3,
        "two calls and one every ten days: {events:?}"
    );
    assert_eq!(runs.load(Ordering::Relaxed), 4 * 5);
}

#[tokio::test]
async fn a_year_at_once_rotates_each_secret_whenever_it_is_due() {
    let server = server_with(Arc::new(InProcess::new(template)), &[]).await;
    for (name, days) in [("monthly", 30), ("fortnightly", 14)] {
        let token = format!("{name:-<32}");
        let new = json!({ "Name": name, "SecretString": "old", "ClientRequestToken": token });
        secrets(&server, "CreateSecret", &new).await.unwrap();
        let rules = json!({ "SecretId": name, "ClientRequestToken": format!("rotate-{token}"),
            "RotationLambdaARN": ARN, "RotationRules": { "AutomaticallyAfterDays": days } });
        let reply = secrets(&server, "RotateSecret", &rules).await.unwrap();
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    settle(&server).await;
    control(&server, "POST /_keywheel/clock", r#"{"advance":"365d"}"#).await;
    let journal = control(&server, "GET /_keywheel/journal", "").await;
    let entries = journal["entries"].as_array().unwrap().iter();
    let rotations: Vec<(i64, &str)> = entries
        .filter(|entry| entry["name"] == "RotationSucceeded")
        .map(|entry| {
            (
                entry["at"].as_i64().unwrap(),
                entry["secret"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(rotations.is_sorted_by_key(|(at, _)| at), "{rotations:?}");
    for (name, days) in [("monthly", 30), ("fortnightly", 14)] {
        let of = rotations.iter().filter(|(_, secret)| secret.contains(name));
        assert_eq!(of.count(), 1 + 365 / days, "{name}: {rotations:?}");
    }
}

#[tokio::test]
async fn faults_know_the_step_that_calls() {
    // For ever: the SDK takes the first denial for a wrong clock, since the server's stands still.
    let rule = r#"{"at":"testSecret/GetSecretValue","kind":"access-denied","times":"forever"}"#;
    let server = server_with(Arc::new(InProcess::new(template)), &[rule]).await;
    rotate(&server).await;
    let events = events(&server).await;
    assert_eq!(names(&events), ["RotationStarted", "RotationFailed"]);
    assert!(events[1].1.contains("testSecret"), "{events:?}");
    assert_eq!(value(&server).await, "old");
}

#[tokio::test]
async fn a_kill_ends_the_run_where_it_calls() {
    let rule = r#"{"at":"createSecret/PutSecretValue","kind":"kill-after"}"#;
    let server = server_with(Arc::new(InProcess::new(template)), &[rule]).await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );
    let input = json!({ "SecretId": "s", "VersionStage": "AWSPENDING" });
    let pending = secrets(&server, "GetSecretValue", &input).await.unwrap();
    assert_eq!(pending.json()["SecretString"], "new", "the effect stays");
}

#[tokio::test]
async fn a_panic_and_a_function_without_an_end_are_failures() {
    let panics = InProcess::new(|_, _| async { panic!("a bug of the function") });
    let server = server_with(Arc::new(panics), &[]).await;
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );

    let hangs = InProcess::new(|_, _| std::future::pending());
    let server = Server::builder()
        .function("f", Arc::new(hangs))
        .function_timeout(Duration::from_millis(200))
        .bind("127.0.0.1:0");
    let server = server.await.unwrap();
    rotate(&server).await;
    assert_eq!(
        names(&events(&server).await),
        ["RotationStarted", "RotationFailed"]
    );
}

#[tokio::test]
async fn a_reset_ends_a_running_function_and_its_report_is_not_heard() {
    let hangs = InProcess::new(|_, _| std::future::pending());
    let server = server_with(Arc::new(hangs), &[]).await;
    let input = json!({ "Name": "s", "SecretString": "old", "ClientRequestToken": "t".repeat(32) });
    secrets(&server, "CreateSecret", &input).await.unwrap();
    let input = json!({ "SecretId": "s", "ClientRequestToken": TOKEN, "RotationLambdaARN": ARN });
    secrets(&server, "RotateSecret", &input).await.unwrap();
    let health = control(&server, "GET /_keywheel/health", "").await;
    assert_eq!(health["runningInvocations"], 1);
    control(&server, "POST /_keywheel/reset", "").await;
    settle(&server).await;
    assert_eq!(
        control(&server, "GET /_keywheel/journal", "").await["written"],
        0
    );
}

/// Answers every event with the same bytes, and keeps the events.
async fn lambda(answer: &'static str) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let mut heard = Vec::new();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        while !heard.ends_with(b"}") {
            let read = stream.read(&mut buffer).await.unwrap();
            heard.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        heard
    });
    let url = format!("http://{address}/2015-03-31/functions/function/invocations");
    (url, served)
}

#[tokio::test]
async fn a_function_behind_a_url_tells_failure_by_header_body_or_status() {
    for (answer, is_told) in [
        (
            "HTTP/1.1 200 OK\r\nx-amz-function-error: Unhandled\r\ncontent-length: 2\r\n\r\n{}",
            "Unhandled",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\n{\"errorMessage\":\"broken\"}",
            "broken",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
            "502",
        ),
    ] {
        let (url, served) = lambda(answer).await;
        let server = server_with(Arc::new(LambdaUrl::new(&url).unwrap()), &[]).await;
        rotate(&server).await;
        let heard = String::from_utf8(served.await.unwrap()).unwrap();
        assert!(
            heard.starts_with("POST /2015-03-31/functions/function/invocations"),
            "{heard}"
        );
        assert!(
            heard.contains(r#""Step":"createSecret""#) && heard.contains(TOKEN),
            "{heard}"
        );
        let events = events(&server).await;
        assert_eq!(
            names(&events),
            ["RotationStarted", "RotationFailed"],
            "{is_told}"
        );
    }
    for url in ["nonsense", "https://x/y", "/path"] {
        assert!(LambdaUrl::new(url).is_err(), "{url}");
    }
}
