//! Requests on a link: named, struck, delivered twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use keywheel::link::{Link, Server};
use keywheel_clients::{Test, tests};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::seam::Recorder;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async a_request_passes_and_is_told_without_values,
        [] async each_fault_has_or_has_not_its_effect_and_is_heard_as_it_should_be,
        [] async what_is_not_http_is_told,
    ]
}

/// An issuer that counts the tokens that it makes.
async fn issuer() -> (Server, Arc<AtomicUsize>) {
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let create = move || async move {
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        format!(
            "{{\"token\":\"t{number}\",\"padding\":\"{}\"}}",
            "x".repeat(100)
        )
    };
    let router = axum::Router::new().route("/tokens", axum::routing::post(create));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Server::Tcp("127.0.0.1".to_owned(), port), made)
}

/// What a plain client hears: everything until the connection is closed.
async fn post(link: &Link) -> String {
    let mut stream = TcpStream::connect(link.address()).await.unwrap();
    let request = "POST /tokens?k=hunter2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                   Content-Length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let read = stream.read_to_end(&mut heard);
    // One who is never answered does not wait for ever.
    let _ = tokio::time::timeout(Duration::from_millis(200), read).await;
    String::from_utf8_lossy(&heard).into_owned()
}

async fn open() -> (Link, Arc<Recorder>, Arc<AtomicUsize>) {
    let (server, made) = issuer().await;
    let seam = Recorder::new();
    let named = vec!["Create = POST /tokens".parse().unwrap()];
    let link = Link::open_http(server, named, seam.clone()).await.unwrap();
    (link, seam, made)
}

async fn a_request_passes_and_is_told_without_values() {
    let (link, seam, made) = open().await;
    let heard = post(&link).await;
    assert!(
        heard.starts_with("HTTP/1.1 200") && heard.contains("\"t1\""),
        "{heard}"
    );
    assert_eq!(seam.calls(), ["http.Create POST /tokens"]);
    assert_eq!(seam.ends(1).await, ["200"]);
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

async fn each_fault_has_or_has_not_its_effect_and_is_heard_as_it_should_be() {
    let (link, seam, made) = open().await;
    // The fault, how many tokens it leaves, what the client hears, and how the call ended.
    let table = [
        ("reset", 0, "", "connection closed"),
        ("hang", 0, "", "no answer"),
        ("kill-before", 0, "", "the function dies here"),
        ("error-503", 0, "HTTP/1.1 503", "503"),
        ("throttled", 0, "HTTP/1.1 429", "429"),
        ("duplicate", 2, "HTTP/1.1 200", "200"),
        (
            "answer-lost",
            1,
            "",
            "connection closed (the target had answered 200)",
        ),
        (
            "answer-hang",
            1,
            "",
            "no answer (the target had answered 200)",
        ),
        (
            "kill-after",
            1,
            "",
            "the function dies here (the target had answered 200)",
        ),
        (
            "answer-500",
            1,
            "HTTP/1.1 503",
            "connection closed (the target had answered 200)",
        ),
        (
            "answer-truncated",
            1,
            "HTTP/1.1 200",
            "connection closed (the target had answered 200)",
        ),
        (
            "answer-not-json",
            1,
            "HTTP/1.1 200",
            "connection closed (the target had answered 200)",
        ),
        ("late=1ms", 1, "", "no answer (the target had answered 200)"),
        ("delay=1ms", 1, "HTTP/1.1 200", "200"),
    ];
    for (verdict, tokens, begins, end) in table {
        let before = made.load(Ordering::SeqCst);
        seam.strike("http.Create", verdict);
        let heard = post(&link).await;
        assert_eq!(seam.ends(1).await, [end], "{verdict}");
        assert_eq!(made.load(Ordering::SeqCst) - before, tokens, "{verdict}");
        assert!(
            heard.starts_with(begins) && heard.is_empty() == begins.is_empty(),
            "{heard}"
        );
        let is_whole = heard.contains("xxx\"}");
        assert_eq!(
            is_whole,
            begins.ends_with("200") && !verdict.starts_with("answer"),
            "{verdict}"
        );
    }
}

async fn what_is_not_http_is_told() {
    let (link, seam, _) = open().await;
    let mut stream = TcpStream::connect(link.address()).await.unwrap();
    stream
        .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01")
        .await
        .unwrap();
    let told = seam.troubles().await;
    assert!(
        told[0].contains("not HTTP") && told[0].contains("TLS"),
        "{told:?}"
    );
}
