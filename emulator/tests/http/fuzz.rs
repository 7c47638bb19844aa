//! Bytes over TCP that nobody would send: the server answers or closes, never calls it its own
//! fault, goes on serving, and does not grow.

use std::net::SocketAddr;

use keywheel_emulator::http::Server;
use keywheel_emulator::ops;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Connections in a run of the checks; `KEYWHEEL_FUZZ_INPUTS` asks for more.
const INPUTS: u32 = 2_000;

/// How much the process may grow, with the other tests that run in it at the same time.
const GROWTH: u64 = 192 << 20;

fn inputs() -> u32 {
    let asked = std::env::var("KEYWHEEL_FUZZ_INPUTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(INPUTS)
}

fn any_target() -> impl Strategy<Value = String> {
    let targets: Vec<String> = ops::rows()
        .map(|row| format!("x-amz-target: {}.{}", row.service.as_str(), row.name))
        .collect();
    prop_oneof![select(targets), "(?i:x-amz-target): ?[ -~]{0,60}"]
}

fn any_header() -> impl Strategy<Value = String> {
    let signature = "AWS4-HMAC-SHA256 Credential=[ -~]{0,60}, SignedHeaders=[a-z;-]{0,20}, Signature=[0-9a-z]{0,64}";
    prop_oneof![
        4 => any_target(),
        2 => signature.prop_map(|text| format!("authorization: {text}")),
        1 => "content-type: [ -~]{0,40}",
        1 => "transfer-encoding: (chunked|gzip|[a-z]{0,8})",
        1 => "content-length: [0-9]{0,20}",
        1 => "expect: 100-continue",
        1 => "connection: (close|keep-alive|upgrade)",
        2 => "[!-9;-~]{1,20}: [ -~]{0,60}",
        1 => "\\PC{0,40}",
    ]
}

/// A request that may be one, with the length of its body told or mistold.
fn any_request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop_oneof![4 => Just("POST".to_owned()), 1 => "[A-Z]{1,8}", 1 => "\\PC{0,6}"];
    let path = prop_oneof![4 => Just("/".to_owned()), 2 => "/[!-~]{0,40}", 1 => "\\PC{0,20}"];
    let body = prop_oneof![
        2 => "\\{(\"[A-Za-z]{1,12}\":(\"[ -!#-~]{0,20}\"|[0-9]{1,9}|null|true|\\[\\])){0,1}\\}"
            .prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..200),
    ];
    let headers = vec(any_header(), 0..5);
    (method, path, headers, body, any::<bool>()).prop_map(|(method, path, headers, body, tells)| {
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for header in headers {
            bytes.push_str(&header);
            bytes.push_str("\r\n");
        }
        if tells {
            bytes.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        bytes.push_str("\r\n");
        [bytes.into_bytes(), body].concat()
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let cut = (any_request(), 0.0..1.0_f64);
    prop_oneof![
        6 => any_request(),
        2 => (any_request(), any_request()).prop_map(|(one, other)| [one, other].concat()),
        1 => cut.prop_map(|(mut bytes, share)| {
            bytes.truncate((bytes.len() as f64 * share) as usize);
            bytes
        }),
        1 => vec(any::<u8>(), 0..300),
    ]
}

/// Sends all, says that it is all, and reads all that comes back.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may close before it has read everything, which breaks the connection.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    rest_of(stream).await
}

/// Everything that the server still sends until it closes.
async fn rest_of(mut stream: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), reading).await;
    // Broken or not, it has ended.
    let _ = ended.expect("the server answers or closes");
    answer
}

/// The statuses of the answers in a row of them.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answer);
    let heads = text.split("HTTP/1.1 ").skip(1);
    heads
        .filter_map(|head| head.get(..3)?.parse().ok())
        .collect()
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

#[test]
fn no_bytes_over_tcp_break_the_server_or_make_it_grow() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::builder().seed(7).bind("127.0.0.1:0"));
    let server = server.unwrap();
    let address = server.local_addr();
    let config = Config {
        cases: inputs(),
        failure_persistence: None,
        ..Config::default()
    };
    let before = resident_bytes();
    let ran = TestRunner::new(config).run(&any_bytes(), |bytes| {
        let answer = runtime.block_on(exchange(address, &bytes));
        let statuses = statuses(&answer);
        let is_fine = |status: &u16| *status < 500 || *status == 501;
        prop_assert!(statuses.iter().all(is_fine), "{:?}", statuses);
        Ok(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        let grown = after.saturating_sub(before);
        assert!(grown < GROWTH, "grew by {grown} bytes");
    }
    let health = b"GET /_keywheel/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let health = runtime.block_on(async {
        // Who leaves before the answer may get none, so this one stays.
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(health).await.unwrap();
        rest_of(stream).await
    });
    assert_eq!(statuses(&health), [200]);
    runtime.block_on(server.shutdown());
}
