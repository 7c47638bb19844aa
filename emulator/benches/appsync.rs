//! What one authorization of AppSync's data plane costs: with one key and with 50 keys × 1,000
//! APIs, and over HTTP beside a bare axum handler that does nothing.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

use std::net::SocketAddr;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderMap, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::http::Server;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

const NOW: Timestamp = Timestamp::from_seconds(1_795_516_215);
const PROBE: &str = r#"{"query":"query { __typename }"}"#;
const ANSWER: &str = r#"{"data":{"__typename":"Query"}}"#;

/// A call of the control plane; its answer as JSON.
fn call(engine: &mut Engine, path: &str, body: &str) -> serde_json::Value {
    let request = Request {
        method: &Method::POST,
        uri: &path.parse::<Uri>().unwrap(),
        headers: &HeaderMap::new(),
        body: body.as_bytes(),
        caller: None,
    };
    let Ending::Reply(response) = engine.call(&request, NOW).ending else {
        panic!("no answer to {path}")
    };
    serde_json::from_slice(response.body()).unwrap()
}

/// Makes APIs with keys; the path of one of them and one of its keys.
fn fill(engine: &mut Engine, apis: usize, keys: usize) -> (String, String) {
    engine.world().settings.appsync.apis_max = apis;
    let mut last = (String::new(), String::new());
    for _ in 0..apis {
        let made = call(
            engine,
            "/v1/apis",
            r#"{"name":"a","authenticationType":"API_KEY"}"#,
        );
        let id = made["graphqlApi"]["apiId"].as_str().unwrap().to_owned();
        let url: Uri = made["graphqlApi"]["uris"]["GRAPHQL"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        for _ in 0..keys {
            let path = format!("/v1/apis/{id}/apikeys");
            let key = call(engine, &path, "{}")["apiKey"]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            last = (url.path().to_owned(), key);
        }
    }
    last
}

/// The same cost, however many keys and APIs there are.
fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("authorization");
    group.throughput(Throughput::Elements(1));
    for (apis, keys) in [(1, 1), (1_000, 50)] {
        let mut engine = Engine::new(EngineOptions::default());
        let (path, key) = fill(&mut engine, apis, keys);
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", key.parse().unwrap());
        let request = Request {
            method: &Method::POST,
            uri: &path.parse::<Uri>().unwrap(),
            headers: &headers,
            body: PROBE.as_bytes(),
            caller: None,
        };
        group.bench_function(format!("{keys} keys x {apis} APIs"), |bencher| {
            bencher.iter(|| {
                let Ending::Reply(response) = engine.call(&request, NOW).ending else {
                    panic!("no answer")
                };
                assert_eq!(response.body(), ANSWER);
            });
        });
    }
    group.finish();
}

/// A connection that stays open.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    read: Vec<u8>,
}

impl Client {
    async fn new(address: SocketAddr, path: &str, key: &str) -> Self {
        let length = PROBE.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nx-api-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{PROBE}"
        );
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            request: request.into_bytes(),
            read: vec![0; 4_096],
        }
    }

    /// One request and its answer.
    async fn ask(&mut self) {
        self.stream.write_all(&self.request).await.unwrap();
        let mut length = 0;
        while !self.read[..length].ends_with(ANSWER.as_bytes()) {
            let count = self.stream.read(&mut self.read[length..]).await.unwrap();
            assert_ne!(count, 0, "the server closed");
            length += count;
        }
    }
}

async fn bare() -> SocketAddr {
    async fn answer(body: Bytes) -> &'static str {
        assert_eq!(body.len(), PROBE.len());
        ANSWER
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/graphql/{label}", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// The budget: at least 60 % of the requests that the bare handler answers in the same time.
fn over_http(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("over HTTP");
    group.throughput(Throughput::Elements(1));
    let runtime = runtime();
    let server = runtime
        .block_on(Server::builder().bind("127.0.0.1:0"))
        .unwrap();
    let (path, key) = server.with_engine(|engine, _| fill(engine, 20, 50));
    let bare = runtime.block_on(bare());
    for (name, address) in [
        ("bare axum handler", bare),
        ("emulator", server.local_addr()),
    ] {
        let mut client = runtime.block_on(Client::new(address, &path, &key));
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(client.ask()));
        });
    }
    group.finish();
    runtime.block_on(server.shutdown());
}

criterion_group!(benches, keys, over_http);
criterion_main!(benches);
