//! A client's mistake gets a clear error in its protocol's form, never a 5xx, never a panic.

use keywheel_emulator::http::BODY_LIMIT;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Reply, rest, secrets, send, send_raw, server};

const AWS_JSON: &str = "content-type: application/x-amz-json-1.1";
const FORM: &str = "content-type: application/x-www-form-urlencoded";

fn check_aws_json(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.json()["__type"], code, "{reply:?}");
    let message = reply.json()["Message"].as_str().unwrap().to_owned();
    assert!(message.len() > 10, "{reply:?}");
    assert!(
        reply
            .head
            .contains("content-type: application/x-amz-json-1.1")
    );
    check_head(reply);
}

fn check_rest(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.error_type(), code, "{reply:?}");
    assert!(reply.json()["message"].as_str().unwrap().len() > 10);
    check_head(reply);
}

/// Every answer has a request id and one `Date`, from the emulator's clock.
fn check_head(reply: &Reply) {
    assert!(reply.head.contains("x-amzn-requestid: "), "{reply:?}");
    let dates: Vec<&str> = reply
        .head
        .lines()
        .filter(|line| line.to_lowercase().starts_with("date:"))
        .collect();
    assert_eq!(dates, ["date: Sun, 22 Nov 2026 10:30:00 GMT"], "{reply:?}");
}

#[tokio::test]
async fn a_region_that_is_none_is_told_and_makes_no_partition() {
    let server = server().await;
    let target = "x-amz-target: secretsmanager.ListSecrets";
    for region in ["moon%0Abase", "%0D%0A", "local", "", "us-east-99"] {
        let start = format!(
            "POST /?X-Amz-Credential=test%2F20261122%2F{region}%2Fsecretsmanager%2Faws4_request"
        );
        let reply = send(&server, &start, &[AWS_JSON, target], b"{}")
            .await
            .unwrap();
        check_aws_json(&reply, 400, "InvalidSignatureException");
        assert!(reply.body.contains("AWS_REGION"), "{reply:?}");
    }
    let functions =
        "GET /2015-03-31/functions?X-Amz-Credential=a%2F20261122%2Feu%0Awest-1%2Flambda%2Fb";
    assert_eq!(
        send(&server, functions, &[], b"").await.unwrap().status,
        403
    );
    for account in ["111122223333", "444455556666"] {
        let start = format!(
            "POST /?X-Amz-Credential={account}%2F20261122%2Feu-west-1%2Fsecretsmanager%2Fx"
        );
        let reply = send(&server, &start, &[AWS_JSON, target], b"{}")
            .await
            .unwrap();
        assert_eq!(reply.status, 200);
    }
    let partitions = server.with_engine(|engine, _| engine.world().partitions().len());
    assert_eq!(partitions, 0, "whoever only looks leaves nothing");
    server.shutdown().await;
}

/// Each used to take four megabytes as soon as it had announced them.
#[tokio::test]
async fn a_body_takes_room_as_it_comes() {
    let server = server().await;
    let before = reserved_bytes();
    let head =
        format!("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {BODY_LIMIT}\r\n\r\n{{");
    let mut waiting = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        waiting.push(stream);
    }
    let reply = secrets(&server, "ListSecrets", &json!({})).await.unwrap();
    assert_eq!(reply.status, 200);
    // Ahead it would be 800 MiB; other tests of this process reserve some too.
    let grown = reserved_bytes().saturating_sub(before);
    assert!(grown < 400 << 20, "{grown} bytes for 200 connections");
    drop(waiting);
    server.shutdown().await;
}

/// What the process has reserved, touched or not; nothing where the system does not tell.
fn reserved_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

#[tokio::test]
async fn what_is_not_emulated_is_told_in_the_form_of_its_protocol() {
    let server = server().await;
    let dynamodb = ["x-amz-target: DynamoDB_20120810.ListTables", AWS_JSON];
    let reply = send(&server, "POST /", &dynamodb, b"{}").await.unwrap();
    check_aws_json(&reply, 501, "NotImplemented");
    let reply = secrets(&server, "InventSecret", &json!({})).await.unwrap();
    check_aws_json(&reply, 501, "NotImplemented");
    let reply = rest(&server, "GET /v1/apis/x/types", "").await.unwrap();
    check_rest(&reply, 501, "NotImplemented");
    let queues = b"Action=ListQueues&Version=2012-11-05";
    let reply = send(&server, "POST /", &[FORM], queues).await.unwrap();
    assert_eq!(reply.status, 501);
    assert!(
        reply.body.contains("<Code>NotImplemented</Code>"),
        "{reply:?}"
    );
    check_head(&reply);
    let signed = "authorization: AWS4-HMAC-SHA256 Credential=test/20261122/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let reply = send(&server, "GET /bucket", &[signed], b"").await.unwrap();
    assert_eq!(reply.status, 501);
}

#[tokio::test]
async fn broken_json_is_the_clients_mistake() {
    let server = server().await;
    for body in [
        &b"{"[..],
        b"[]",
        b"nonsense",
        b"{\"Name\":7}",
        b"\xff\xfe",
        b"{} {}",
    ] {
        let headers = ["x-amz-target: secretsmanager.CreateSecret", AWS_JSON];
        let reply = send(&server, "POST /", &headers, body).await.unwrap();
        check_aws_json(&reply, 400, "SerializationException");
    }
    for body in ["{", "[]", "nonsense", "{\"name\":7}"] {
        let reply = rest(&server, "POST /v1/apis", body).await.unwrap();
        check_rest(&reply, 400, "BadRequestException");
    }
}

#[tokio::test]
async fn a_missing_target_and_a_wrong_method_are_named() {
    let server = server().await;
    let reply = send(&server, "POST /", &[AWS_JSON], b"{}").await.unwrap();
    check_aws_json(&reply, 400, "UnknownOperationException");
    let target = ["x-amz-target: secretsmanager.ListSecrets", AWS_JSON];
    let reply = send(&server, "GET /", &target, b"").await.unwrap();
    check_aws_json(&reply, 405, "MethodNotAllowedException");
    let reply = rest(&server, "PATCH /v1/apis", "{}").await.unwrap();
    check_rest(&reply, 405, "MethodNotAllowedException");
}

#[tokio::test]
async fn a_long_body_is_refused_in_the_form_of_its_protocol() {
    let server = server().await;
    let long = vec![b' '; BODY_LIMIT + 1];
    let headers = ["x-amz-target: secretsmanager.CreateSecret", AWS_JSON];
    let reply = send(&server, "POST /", &headers, &long).await.unwrap();
    check_aws_json(&reply, 413, "RequestEntityTooLargeException");
    let reply = send(&server, "POST /v1/apis", &[], &long).await.unwrap();
    check_rest(&reply, 413, "RequestEntityTooLargeException");
    let reply = send(&server, "POST /graphql/aaaa", &[], &long)
        .await
        .unwrap();
    assert_eq!(reply.status, 413);
    assert!(reply.json()["errors"].is_array(), "{reply:?}");
    let reply = send(&server, "POST /_keywheel/faults", &[], &long)
        .await
        .unwrap();
    assert_eq!(reply.status, 413);
    assert!(reply.json()["error"].is_string());
    // One byte less is read.
    let reply = send(&server, "POST /", &headers, &long[1..]).await.unwrap();
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn a_long_body_of_unknown_length_is_refused_while_it_comes() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: secretsmanager.CreateSecret\r\n\
                transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..=BODY_LIMIT / 0x10000 {
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let reply = crate::client::read_reply(stream).await.unwrap();
    check_aws_json(&reply, 413, "RequestEntityTooLargeException");
}

#[tokio::test]
async fn a_client_that_asks_first_need_not_send_a_long_body() {
    let server = server().await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: secretsmanager.CreateSecret\r\n\
                expect: 100-continue\r\ncontent-length: 99999999\r\n\r\n";
    let reply = send_raw(server.local_addr(), head.as_bytes())
        .await
        .unwrap();
    check_aws_json(&reply, 413, "RequestEntityTooLargeException");
}

#[tokio::test]
async fn broken_http_is_answered_and_a_broken_off_body_is_not() {
    let server = server().await;
    for bytes in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
    ] {
        let reply = send_raw(server.local_addr(), bytes.as_bytes()).await;
        let status = reply.map(|reply| reply.status);
        assert!(
            status.is_some_and(|status| (400..500).contains(&status)),
            "{bytes:?}: {status:?}"
        );
    }
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: secretsmanager.CreateSecret\r\ncontent-length: 10\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // The connection may be reset: the server has nothing to say.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 5"));
    let health = rest(&server, "GET /_keywheel/health", "").await.unwrap();
    assert_eq!(health.status, 200);
}

#[tokio::test]
async fn no_mix_of_method_path_header_and_body_breaks_the_server() {
    let server = server().await;
    let methods = [
        "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW",
    ];
    let paths = [
        "/",
        "//",
        "/v1/apis",
        "/v1/apis/",
        "/v1/apis/%00/apikeys/%ff",
        "/v1/tags/arn%3Aaws",
        "/v1/apis?maxResults=x",
        "/graphql/",
        "/graphql/x",
        "/graphql/%2f",
        "/event",
        "*",
        "/_keywheel",
        "/_keywheel/journal?after=-1",
        "/_keywheel/clock",
        "/2015-03-31/functions",
    ];
    let headers = [
        "x-amz-target: secretsmanager.RotateSecret",
        "x-amz-target: .",
        "x-amz-target: ",
        "authorization: AWS4-HMAC-SHA256 Credential=////",
        "authorization: \u{7}",
        "x-api-key: ",
        "x-amz-security-token: keywheel-invocation-18446744073709551616",
        FORM,
    ];
    let bodies = [
        &b""[..],
        b"{}",
        b"null",
        b"\x00",
        b"{\"query\":1}",
        b"Action=x",
    ];
    for method in methods {
        for path in paths {
            for (header, body) in headers.iter().zip(bodies.iter().cycle()) {
                let start = format!("{method} {path}");
                let reply = send(&server, &start, &[header], body).await;
                let status = reply.map_or(0, |reply| reply.status);
                let is_fine = (200..500).contains(&status) || status == 501;
                assert!(is_fine, "{start} {header} {body:?}: {status}");
            }
        }
    }
}
