//! A server with functions, and a client over sockets.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keywheel_emulator::http::{Server, ServerBuilder};
use keywheel_emulator::invoke::HostSettings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::archive::zip_file;
use crate::client::{ROLE, signed};

/// An answer over a socket.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        values.next()
    }

    /// The end of the log that Invoke gives back.
    pub(crate) fn log(&self) -> String {
        let log = self.header("x-amz-log-result").unwrap_or_default();
        String::from_utf8(STANDARD.decode(log).unwrap()).unwrap()
    }
}

/// Type and message of the error of a function that failed.
pub(crate) fn error_of(reply: &Reply) -> (String, String) {
    assert_eq!(
        reply.header("x-amz-function-error"),
        Some("Unhandled"),
        "{reply:?}"
    );
    let error = reply.json();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (text("errorType"), text("errorMessage"))
}

pub(crate) fn builder() -> ServerBuilder {
    Server::builder().seed(7)
}

/// A server whose functions must start within a second.
pub(crate) async fn impatient_server() -> Server {
    let host = HostSettings {
        init_timeout: Duration::from_secs(1),
        ..HostSettings::default()
    };
    builder()
        .function_host(host)
        .bind("127.0.0.1:0")
        .await
        .unwrap()
}

pub(crate) async fn server() -> Server {
    builder().bind("127.0.0.1:0").await.unwrap()
}

pub(crate) async fn send(
    server: &Server,
    start: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let length = body.len();
    let mut head = format!(
        "{start} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {length}\r\n",
        server.local_addr()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
    reading.await.expect("it answers in time").unwrap();
    let at = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(answer[..at].to_vec()).unwrap();
    Reply {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: answer[at + 4..].to_vec(),
    }
}

/// A signed call of Lambda; the path is what follows the functions.
pub(crate) async fn lambda(server: &Server, method: &str, path: &str, body: &Value) -> Reply {
    let start = format!("{method} /2015-03-31/functions{path}");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let signature = signed("lambda");
    send(
        server,
        &start,
        &[("authorization", &signature)],
        body.as_bytes(),
    )
    .await
}

/// A signed call of a service that is found by its target.
pub(crate) async fn target(server: &Server, target: &str, body: &Value) -> Reply {
    let service = if target.starts_with("Logs") {
        "logs"
    } else {
        "secretsmanager"
    };
    let signature = signed(service);
    let headers = [
        ("authorization", signature.as_str()),
        ("x-amz-target", target),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    send(server, "POST /", &headers, body.to_string().as_bytes()).await
}

pub(crate) async fn invoke(server: &Server, name: &str, event: &Value) -> Reply {
    invoke_as(
        server,
        name,
        "RequestResponse",
        event.to_string().as_bytes(),
    )
    .await
}

pub(crate) async fn invoke_as(server: &Server, name: &str, kind: &str, event: &[u8]) -> Reply {
    let signature = signed("lambda");
    let headers = [
        ("authorization", signature.as_str()),
        ("x-amz-invocation-type", kind),
        ("x-amz-log-type", "Tail"),
    ];
    let start = format!("POST /2015-03-31/functions/{name}/invocations");
    send(server, &start, &headers, event).await
}

/// Makes a function of one file.
pub(crate) async fn create(server: &Server, runtime: &str, file: &str, code: &str, more: Value) {
    let mut input = json!({
        "FunctionName": "f",
        "Runtime": runtime,
        "Role": ROLE,
        "Handler": "index.handler",
        "Timeout": 20,
        "Code": { "ZipFile": zip_file(&[(file, code.as_bytes())]) },
    });
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let reply = lambda(server, "POST", "", &input).await;
    assert_eq!(reply.status, 201, "{:?}", reply.json());
}

/// Makes a function in Python.
pub(crate) async fn python(server: &Server, code: &str, more: Value) {
    create(server, "python3.13", "index.py", code, more).await;
}

/// All lines of the function's log group, oldest first.
pub(crate) async fn log_lines(server: &Server) -> Vec<String> {
    let input = json!({ "logGroupName": "/aws/lambda/f" });
    let reply = target(server, "Logs_20140328.FilterLogEvents", &input).await;
    let events = reply.json()["events"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let texts = events
        .iter()
        .map(|event| event["message"].as_str().unwrap());
    // Every event is a line with its end.
    let line = |text: &str| text.strip_suffix('\n').unwrap().to_owned();
    texts.map(line).collect()
}

/// Is a process there, and not only its entry in the table?
pub(crate) fn is_alive(pid: u64) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

/// Waits until the process is gone.
pub(crate) async fn dies(pid: u64) -> bool {
    for _ in 0..200 {
        if !is_alive(pid) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
