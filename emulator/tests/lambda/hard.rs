//! Functions that hang, crash, grow, fork and never stop writing: bounded, told, cleared away.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keywheel_clients::{Test, tests};
use keywheel_emulator::time::Stopwatch;
use serde_json::json;

use crate::archive::zip_file;
use crate::client::{new_function, signed};
use crate::server::{
    create, dies, error_of, impatient_server, invoke, invoke_as, lambda, log_lines, python, send,
    server,
};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Python] async a_run_over_its_time_ends_with_all_that_it_started,
        [Python] async a_crash_is_told_and_the_next_start_is_cold,
        [] async a_bootstrap_that_never_asks_is_ended,
        [] async a_bootstrap_that_ends_at_once_is_told,
        [Python] async a_function_that_takes_too_much_memory_is_killed,
        [Python] async answers_and_events_are_bounded,
        [Python] async endless_output_keeps_neither_memory_nor_the_server,
        [] async a_bootstrap_that_forks_without_end_leaves_nothing,
        [] async endless_output_before_the_first_question_is_bounded_too,
        [] async a_zip_bomb_is_refused_and_nothing_of_it_is_kept,
        [] async archives_and_requests_that_are_too_large_are_refused,

    ]
}

async fn a_run_over_its_time_ends_with_all_that_it_started() {
    let server = server().await;
    let code = "
import os, subprocess, time
def handler(event, context):
    child = subprocess.Popen(['sleep', '300'])
    away = subprocess.Popen(['setsid', 'sh', '-c', 'trap \"\" TERM INT HUP; sleep 300; true'])
    print('pids', os.getpid(), child.pid, away.pid)
    time.sleep(300)
";
    python(&server, code, json!({ "Timeout": 2 })).await;
    let reply = invoke(&server, "f", &json!({})).await;
    let (error_type, message) = error_of(&reply);
    assert_eq!(error_type, "Sandbox.Timedout");
    let id = reply.header("x-amzn-requestid").unwrap();
    assert_eq!(
        message,
        format!("RequestId: {id} Error: Task timed out after 2.00 seconds")
    );
    let lines = log_lines(&server).await;
    assert!(
        lines
            .iter()
            .any(|l| l.ends_with("Task timed out after 2.00 seconds")),
        "{lines:?}"
    );
    assert!(
        lines.last().unwrap().ends_with("\tStatus: timeout"),
        "{lines:?}"
    );
    let pids = lines
        .iter()
        .find_map(|line| line.strip_prefix("pids "))
        .unwrap();
    for pid in pids.split(' ').map(|pid| pid.parse().unwrap()) {
        assert!(dies(pid).await, "{pid} of {pids}");
    }
}

async fn a_crash_is_told_and_the_next_start_is_cold() {
    let server = server().await;
    let code = "
import os
def handler(event, context):
    if event: os._exit(0 if event == 'out' else event)
    return os.getpid()
";
    python(&server, code, json!({})).await;
    let first = invoke(&server, "f", &json!(0)).await.json();
    let reply = invoke(&server, "f", &json!(7)).await;
    let (error_type, message) = error_of(&reply);
    assert_eq!(error_type, "Runtime.ExitError");
    assert!(
        message.ends_with("Error: Runtime exited with error: exit status 7"),
        "{message}"
    );
    assert!(
        reply
            .log()
            .contains("\tStatus: error\tError Type: Runtime.ExitError")
    );
    let again = invoke(&server, "f", &json!(0)).await;
    assert_ne!(again.json(), first);
    assert!(again.log().contains("Init Duration: "), "{}", again.log());
    let (error_type, message) = error_of(&invoke(&server, "f", &json!("out")).await);
    assert_eq!(error_type, "Runtime.ExitError");
    let end = "Error: Runtime exited without providing a reason";
    assert!(message.ends_with(end), "{message}");
}

async fn a_bootstrap_that_never_asks_is_ended() {
    let server = impatient_server().await;
    let code = "#!/bin/sh\nexec sleep 300\n";
    create(
        &server,
        "provided.al2023",
        "bootstrap",
        code,
        json!({ "Timeout": 1 }),
    )
    .await;
    let started = Stopwatch::start();
    let reply = invoke(&server, "f", &json!({})).await;
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(error_of(&reply).0, "Sandbox.Timedout");
    let lines = log_lines(&server).await;
    let reports = lines
        .iter()
        .filter(|line| line.ends_with("\tStatus: timeout"));
    assert!(reports.count() >= 2, "{lines:?}");
}

async fn a_bootstrap_that_ends_at_once_is_told() {
    let server = server().await;
    let code = "#!/bin/sh\necho going\nexit 3\n";
    create(&server, "provided.al2023", "bootstrap", code, json!({})).await;
    let (error_type, message) = error_of(&invoke(&server, "f", &json!({})).await);
    assert_eq!(error_type, "Runtime.ExitError");
    assert!(message.ends_with("exit status 3"), "{message}");
    let lines = log_lines(&server).await;
    assert_eq!(
        lines.iter().filter(|line| *line == "going").count(),
        2,
        "{lines:?}"
    );
}

async fn a_function_that_takes_too_much_memory_is_killed() {
    let server = server().await;
    let code = "
import time
def handler(event, context):
    kept = [b'x' * 1_000_000 for _ in range(400)]
    time.sleep(10)
    return len(kept)
";
    python(&server, code, json!({})).await;
    let started = Stopwatch::start();
    let (error_type, message) = error_of(&invoke(&server, "f", &json!({})).await);
    assert_eq!(error_type, "Runtime.ExitError");
    assert!(message.ends_with("signal: killed"), "{message}");
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "not by its time"
    );
}

async fn answers_and_events_are_bounded() {
    let server = server().await;
    let code =
        "def handler(event, context): return 'x' * event if isinstance(event, int) else len(event)";
    python(&server, code, json!({ "MemorySize": 1024 })).await;
    let most = 6_291_556 - 2;
    let reply = invoke(&server, "f", &json!(most)).await;
    assert_eq!((reply.status, reply.body.len()), (200, most + 2));
    // Each time, whatever the client makes of being told so.
    for _ in 0..3 {
        let (error_type, message) = error_of(&invoke(&server, "f", &json!(most + 1)).await);
        assert_eq!(error_type, "Function.ResponseSizeTooLarge");
        assert!(message.contains("6291556 bytes"), "{message}");
    }
    assert_eq!(invoke(&server, "f", &json!(1)).await.json(), json!("x"));
    let event = format!("\"{}\"", "x".repeat((6 << 20) - 2));
    let reply = invoke_as(&server, "f", "RequestResponse", event.as_bytes()).await;
    assert_eq!(reply.json(), json!((6 << 20) - 2));
    let longer = format!("{event} ");
    let refused = invoke_as(&server, "f", "RequestResponse", longer.as_bytes()).await;
    assert_eq!(
        (refused.status, refused.header("x-amzn-errortype")),
        (413, Some("RequestTooLargeException"))
    );
    let signature = signed("lambda");
    let headers = [("authorization", signature.as_str())];
    let path = "POST /2015-03-31/functions/f/invocations";
    let refused = send(&server, path, &headers, &vec![b' '; 8 << 20]).await;
    assert_eq!(refused.status, 413);
}

async fn endless_output_keeps_neither_memory_nor_the_server() {
    let server = server().await;
    let code = "
def handler(event, context):
    while True:
        print('x' * 10_000)
";
    python(&server, code, json!({ "Timeout": 2 })).await;
    let event = json!({});
    let (reply, healthy) = tokio::join!(invoke(&server, "f", &event), async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let started = Stopwatch::start();
            let reply = send(&server, "GET /_keywheel/health", &[], b"").await;
            assert_eq!(reply.status, 200);
            slowest = slowest.max(started.elapsed());
        }
        slowest
    });
    assert_eq!(error_of(&reply).0, "Sandbox.Timedout");
    assert!(healthy < Duration::from_secs(5), "{healthy:?}");
    let lines = log_lines(&server).await;
    let kept: usize = lines.iter().map(String::len).sum();
    assert!((100_000..=1 << 20).contains(&kept), "{kept}");
    let last: String = lines.last().unwrap().chars().take(40).collect();
    assert!(last.starts_with("REPORT"), "{last}");
    assert!(reply.log().len() <= 4096);
}

async fn a_bootstrap_that_forks_without_end_leaves_nothing() {
    let server = impatient_server().await;
    let code = "#!/bin/sh
for i in 1 2 3 4 5 6 7 8 9 10; do
    setsid sh -c 'trap \"\" TERM HUP; echo child $$; sleep 300; true' &
done
sleep 300
";
    create(
        &server,
        "provided.al2023",
        "bootstrap",
        code,
        json!({ "Timeout": 1 }),
    )
    .await;
    error_of(&invoke(&server, "f", &json!({})).await);
    let lines = log_lines(&server).await;
    let children = lines.iter().filter_map(|line| line.strip_prefix("child "));
    let children: Vec<u64> = children.map(|pid| pid.parse().unwrap()).collect();
    assert!(children.len() >= 10, "{lines:?}");
    for pid in children {
        assert!(dies(pid).await, "{pid}");
    }
}

async fn endless_output_before_the_first_question_is_bounded_too() {
    let server = impatient_server().await;
    // One line without an end, and no question ever.
    let code = "#!/bin/sh\nexec tr '\\0' x < /dev/zero\n";
    create(
        &server,
        "provided.al2023",
        "bootstrap",
        code,
        json!({ "Timeout": 1 }),
    )
    .await;
    let reply = invoke(&server, "f", &json!({})).await;
    assert_eq!(error_of(&reply).0, "Sandbox.Timedout");
    assert!(reply.log().len() <= 4096);
    let lines = log_lines(&server).await;
    let kept: usize = lines.iter().map(String::len).sum();
    assert!((10_000..=1 << 20).contains(&kept), "{kept}");
    let longest = lines.iter().map(String::len).max();
    assert_eq!(
        longest,
        Some(16 << 10),
        "a line is cut where it is too long"
    );
}

async fn a_zip_bomb_is_refused_and_nothing_of_it_is_kept() {
    let server = server().await;
    let zeros = vec![0; 251 << 20];
    let bomb = zip_file(&[("zeros", &zeros)]);
    assert!(bomb.len() < 1 << 20, "it is small while it travels");
    let mut input = new_function("f");
    input["Code"] = json!({ "ZipFile": bomb });
    let refused = lambda(&server, "POST", "", &input).await;
    let text = "Unzipped size must be smaller than 262144000 bytes";
    assert_eq!(
        (refused.status, &refused.json()["message"]),
        (400, &json!(text))
    );
    assert_eq!(lambda(&server, "GET", "/f", &json!(null)).await.status, 404);
}

async fn archives_and_requests_that_are_too_large_are_refused() {
    let server = server().await;
    let mut input = new_function("f");
    input["Code"] = json!({ "ZipFile": STANDARD.encode(vec![0; 52_428_800]) });
    let refused = lambda(&server, "POST", "", &input).await;
    let text = "Zipped size must be smaller than 52428800 bytes";
    assert_eq!(
        (refused.status, &refused.json()["Message"]),
        (413, &json!(text))
    );
    input["Code"] = json!({ "ZipFile": "A".repeat(70_167_211) });
    let refused = lambda(&server, "POST", "", &input).await;
    let text = "Request must be smaller than 70167211 bytes for the CreateFunction operation";
    assert_eq!(
        (refused.status, &refused.json()["Message"]),
        (413, &json!(text))
    );
    let code = refused.header("x-amzn-errortype");
    assert_eq!(code, Some("RequestEntityTooLargeException"));
}
