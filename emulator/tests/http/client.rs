//! A client that sends bytes as they are given, and one for the rest.

use std::net::SocketAddr;
use std::time::Duration;

use keywheel_emulator::http::Server;
use keywheel_emulator::time::{Clock, Timestamp};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn error_type(&self) -> String {
        let line = self
            .head
            .lines()
            .find_map(|line| line.strip_prefix("x-amzn-errortype: "));
        line.unwrap_or_default().to_owned()
    }
}

/// A server whose clock stands still.
pub(crate) fn moment() -> Timestamp {
    Timestamp::parse("2026-11-22T10:30:00Z").unwrap()
}

pub(crate) async fn server() -> Server {
    let clock = Clock::Frozen { at: moment() };
    let server = Server::builder().seed(7).clock(clock);
    server.bind("127.0.0.1:0").await.unwrap()
}

/// Sends bytes and reads until the server closes; none if it closes without a word.
pub(crate) async fn send_raw(address: SocketAddr, bytes: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    read_reply(stream).await
}

pub(crate) async fn read_reply(mut stream: TcpStream) -> Option<Reply> {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(20), reading).await;
    read.expect("the server answers or closes").ok()?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

pub(crate) async fn send(
    server: &Server,
    start: &str,
    headers: &[&str],
    body: &[u8],
) -> Option<Reply> {
    let mut bytes = format!("{start} HTTP/1.1\r\nhost: {}\r\n", server.local_addr());
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    let length = body.len();
    bytes.push_str(&format!(
        "connection: close\r\ncontent-length: {length}\r\n\r\n"
    ));
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    send_raw(server.local_addr(), &bytes).await
}

/// A call of Secrets Manager.
pub(crate) async fn secrets(server: &Server, operation: &str, body: &Value) -> Option<Reply> {
    let target = format!("x-amz-target: secretsmanager.{operation}");
    let headers = ["content-type: application/x-amz-json-1.1", target.as_str()];
    send(server, "POST /", &headers, body.to_string().as_bytes()).await
}

/// A call of AppSync's control plane or of Keywheel's.
pub(crate) async fn rest(server: &Server, start: &str, body: &str) -> Option<Reply> {
    send(
        server,
        start,
        &["content-type: application/json"],
        body.as_bytes(),
    )
    .await
}

pub(crate) async fn control(server: &Server, start: &str, body: &str) -> Value {
    let reply = rest(server, start, body).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}
