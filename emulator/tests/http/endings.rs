//! What faults do to a connection.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{control, rest, secrets, server};

const API: &str = r#"{"name":"a","authenticationType":"API_KEY"}"#;

#[tokio::test]
async fn a_lost_answer_closes_the_connection_and_keeps_the_effect() {
    let server = server().await;
    let rule = r#"{"at":"CreateGraphqlApi","kind":"answer-lost"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    assert!(rest(&server, "POST /v1/apis", API).await.is_none());
    let list = rest(&server, "GET /v1/apis", "").await.unwrap().json();
    assert_eq!(list["graphqlApis"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_reset_closes_the_connection_without_an_effect() {
    let server = server().await;
    let rule = r#"{"at":"CreateSecret","kind":"reset"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    let input = json!({ "Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32) });
    assert!(secrets(&server, "CreateSecret", &input).await.is_none());
    assert_eq!(
        secrets(&server, "CreateSecret", &input)
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "real sockets, real time")]
async fn a_hung_call_is_never_answered_and_ends_with_the_server() {
    let server = server().await;
    let rule = r#"{"at":"ListGraphqlApis","kind":"hang"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    {
        let hung = rest(&server, "GET /v1/apis", "");
        let waited = tokio::time::timeout(Duration::from_millis(300), hung).await;
        assert!(waited.is_err(), "nothing comes");
    }
    control(&server, "POST /_keywheel/faults", rule).await;
    let address = server.local_addr();
    let hung = tokio::spawn(async move {
        let head = b"GET /v1/apis HTTP/1.1\r\nhost: localhost\r\n\r\n";
        crate::client::send_raw(address, head).await.is_none()
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    server.shutdown().await;
    assert!(begun.elapsed() < Duration::from_millis(900));
    assert!(hung.await.unwrap(), "closed without an answer");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "real sockets, real time")]
async fn a_delayed_call_is_answered_late() {
    let server = server().await;
    let rule = r#"{"at":"ListGraphqlApis","kind":"delay=300ms"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    let begun = Instant::now();
    let reply = rest(&server, "GET /v1/apis", "").await.unwrap();
    assert_eq!(reply.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn answers_can_be_cut_and_spoilt() {
    let server = server().await;
    let rules = r#"[{"at":"ListGraphqlApis","kind":"answer-truncated"},
                    {"at":"ListGraphqlApis","kind":"answer-not-json"}]"#;
    control(&server, "POST /_keywheel/faults", rules).await;
    for _ in 0..2 {
        let reply = rest(&server, "GET /v1/apis", "").await.unwrap();
        assert_eq!(reply.status, 200);
        assert!(serde_json::from_str::<serde_json::Value>(&reply.body).is_err());
    }
}

#[tokio::test]
async fn a_kill_that_strikes_nobody_breaks_the_connection_off() {
    let server = server().await;
    let rule = r#"{"at":"ListGraphqlApis","kind":"kill-after"}"#;
    control(&server, "POST /_keywheel/faults", rule).await;
    assert!(rest(&server, "GET /v1/apis", "").await.is_none());
    assert_eq!(rest(&server, "GET /v1/apis", "").await.unwrap().status, 200);
}
