//! What Secrets Manager costs as an account grows, what a secret weighs, and what the emulator
//! costs over HTTP beside a bare handler that returns a fixed body of the same size. The weight and
//! the share are printed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, prints what criterion cannot, and reads \
              the machine's clock"
)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::http::Server;
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const NOW: Timestamp = Timestamp::from_seconds(1_795_516_215);
const SIZES: [usize; 3] = [10, 1_000, 100_000];
const FIRST_PAGE: &str = r#"{"MaxResults":10}"#;
const FIRST_BY_NAME: &str = r#"{"MaxResults":10,"SortBy":"name"}"#;

/// How often the share over HTTP is taken, and how long each half of a pair is.
const PAIRS: usize = 9;
const HALF: Duration = Duration::from_millis(700);

/// As clients sign.
const CREDENTIAL: &str = "AWS4-HMAC-SHA256 Credential=000000000000/20261122/us-east-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// Connections that are kept alive.
const CONNECTIONS: usize = 4;

/// An engine with so many secrets, called in process.
struct Account(Engine);

impl Account {
    fn with(secrets: usize) -> Self {
        let mut account = Self(Engine::new(EngineOptions::default()));
        for number in 0..secrets {
            account.call("CreateSecret", &create(number));
        }
        account
    }

    /// The request for a page of ten after so many pages of ten.
    fn page(&mut self, pages: usize) -> String {
        let mut body = FIRST_PAGE.to_owned();
        for _ in 0..pages {
            let answer: serde_json::Value =
                serde_json::from_slice(&self.call("ListSecrets", &body)).unwrap();
            let Some(token) = answer["NextToken"].as_str() else {
                break;
            };
            body = format!(r#"{{"MaxResults":10,"NextToken":"{token}"}}"#);
        }
        body
    }

    fn call(&mut self, operation: &str, body: &str) -> Bytes {
        let target = HeaderValue::try_from(format!("secretsmanager.{operation}")).unwrap();
        let headers = HeaderMap::from_iter([("x-amz-target".parse().unwrap(), target)]);
        let request = Request {
            method: &Method::POST,
            uri: &Uri::from_static("/"),
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        let Ending::Reply(response) = self.0.call(&request, NOW).ending else {
            panic!("no answer")
        };
        assert_eq!(response.status(), 200);
        response.into_body()
    }
}

fn create(number: usize) -> String {
    let value = value(number);
    format!(
        r#"{{"Name":"app/{number}","SecretString":"{value}","ClientRequestToken":"00000000-0000-4000-8000-{number:012}"}}"#
    )
}

fn value(number: usize) -> String {
    format!("value {number}")
}

/// The same call among ten and among a hundred thousand secrets.
fn curve(criterion: &mut Criterion) {
    weigh(100_000);
    for secrets in SIZES {
        let mut account = Account::with(secrets);
        let middle = format!(r#"{{"SecretId":"app/{}"}}"#, secrets / 2);
        let in_the_middle = account.page(secrets / 20);
        for (what, operation, body) in [
            ("GetSecretValue", "GetSecretValue", middle.as_str()),
            ("DescribeSecret", "DescribeSecret", &middle),
            ("ListSecrets, first page", "ListSecrets", FIRST_PAGE),
            (
                "ListSecrets, a page in the middle",
                "ListSecrets",
                &in_the_middle,
            ),
            (
                "ListSecrets, first page by name",
                "ListSecrets",
                FIRST_BY_NAME,
            ),
        ] {
            let mut group = criterion.benchmark_group(what);
            group.throughput(Throughput::Elements(1));
            group.bench_function(format!("of {secrets} secrets"), |bencher| {
                bencher.iter(|| account.call(operation, body));
            });
            group.finish();
        }
    }
}

/// Prints how much the process grows with each secret, beyond the secret's value.
fn weigh(secrets: usize) {
    let Some(before) = resident_bytes() else {
        return;
    };
    let account = Account::with(secrets);
    let after = resident_bytes().unwrap();
    let each = after.saturating_sub(before) / secrets - value(secrets - 1).len();
    println!("memory: {each} bytes a secret beyond its value (budget: 1536)");
    drop(account);
}

/// What the process holds in memory, where the system tells.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// One client on one kept connection.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let body = r#"{"SecretId":"app/0"}"#;
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {address}\r\nx-amz-target: secretsmanager.GetSecretValue\r\n\
             authorization: {CREDENTIAL}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            request: request.into_bytes(),
            buffer: vec![0; 8192],
        }
    }

    async fn ask(&mut self) -> Vec<u8> {
        self.stream.write_all(&self.request).await.unwrap();
        let mut got = 0;
        loop {
            got += self.stream.read(&mut self.buffer[got..]).await.unwrap();
            if let Some(body) = whole_body(&self.buffer[..got]) {
                return body.to_vec();
            }
        }
    }
}

fn whole_body(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1)?;
    let length: usize = length.split("\r\n").next()?.parse().ok()?;
    (answer.len() >= end + length).then(|| &answer[end..end + length])
}

/// Requests a second of an address, over kept connections.
async fn rate(address: SocketAddr) -> f64 {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(Client::connect(address).await);
    }
    let start = Instant::now();
    let tasks = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            let mut asked = 0_u32;
            while start.elapsed() < HALF {
                client.ask().await;
                asked += 1;
            }
            asked
        })
    });
    let mut asked = 0;
    for task in tasks.collect::<Vec<_>>() {
        asked += task.await.unwrap();
    }
    f64::from(asked) / start.elapsed().as_secs_f64()
}

/// The emulator with the settings of `keywheel serve`.
async fn emulator() -> Server {
    let mut settings = Settings::default();
    settings.access.iam = Enforcement::Audit;
    let builder = Server::builder().settings(settings);
    let server = builder.bind("127.0.0.1:0").await.unwrap();
    server.with_engine(|engine, now| {
        let target = HeaderValue::from_static("secretsmanager.CreateSecret");
        let headers = HeaderMap::from_iter([("x-amz-target".parse().unwrap(), target)]);
        let body = create(0);
        let request = Request {
            method: &Method::POST,
            uri: &Uri::from_static("/"),
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        assert_eq!(engine.call_exempt(&request, now).status(), 200);
    });
    server
}

async fn bare(body: Vec<u8>) -> SocketAddr {
    let answer = move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Pairs in turn, each half of a pair after the other, so that what else the machine does strikes
/// both.
fn over_http(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(emulator());
    let mut client = runtime.block_on(Client::connect(server.local_addr()));
    let body = runtime.block_on(client.ask());
    assert!(body.starts_with(b"{\"ARN\":"), "it answers");
    let floor = runtime.block_on(bare(body));
    let shares = runtime.block_on(async {
        let mut shares = Vec::new();
        for _ in 0..PAIRS {
            let ours = rate(server.local_addr()).await;
            shares.push(ours / rate(floor).await);
        }
        shares.sort_by(f64::total_cmp);
        shares
    });
    let percent = 100.0 * shares[PAIRS / 2];
    println!(
        "over HTTP: {percent:.0} % of the requests a second of a bare handler (median of {PAIRS} \
         pairs, {CONNECTIONS} connections; budget: 80 %)"
    );
    let mut bare_client = runtime.block_on(Client::connect(floor));
    let mut group = criterion.benchmark_group("over HTTP, one request after the other");
    group.bench_function("GetSecretValue", |bencher| {
        bencher.iter(|| runtime.block_on(client.ask()).len());
    });
    group.bench_function("a bare handler", |bencher| {
        bencher.iter(|| runtime.block_on(bare_client.ask()).len());
    });
    group.finish();
    runtime.block_on(server.shutdown());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(40).measurement_time(Duration::from_secs(3));
    targets = over_http, curve
}
criterion_main!(benches);
