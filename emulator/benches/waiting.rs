//! How long a request waits for another's slow work, at 100,000 secrets: a prober reads one secret
//! over and over while each slow operation runs, and the longest of its waits is printed.
//!
//! Beside each stands what the prober waits when nothing else runs, since the machine has its share.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, prints what it measures, and reads the \
              machine's clock"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method, Uri};
use keywheel_emulator::engine::Engine;
use keywheel_emulator::http::Server;
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::Request;

const SECRETS: usize = 100_000;

/// The longest wait that is allowed.
const BUDGET: Duration = Duration::from_millis(20);

/// How long the prober looks when nothing else runs.
const QUIET: Duration = Duration::from_secs(1);

const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0\r\n";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(server());
    let address = server.local_addr();
    let probe = || {
        ask(
            address,
            "POST /",
            &target("GetSecretValue"),
            r#"{"SecretId":"app/7"}"#,
        )
    };
    let quiet = longest_beside(&probe, || std::thread::sleep(QUIET));
    println!("beside nothing: {:.1} ms", millis(quiet.0));
    let mut is_within = true;
    for (what, start, headers, body) in slow() {
        let (longest, took) = longest_beside(&probe, || {
            assert!(ask(address, &start, &headers, &body) > 0);
        });
        is_within &= longest <= BUDGET + quiet.0;
        println!(
            "beside {what}, which takes {:.0} ms: {:.1} ms",
            millis(took),
            millis(longest)
        );
    }
    runtime.block_on(server.shutdown());
    if !is_within {
        // A busy machine makes everybody wait.
        println!("a request waited for more than {} ms", millis(BUDGET));
    }
}

/// What takes its time: a name, and how it is asked for.
fn slow() -> [(&'static str, String, String, String); 6] {
    let code = STANDARD.encode(archive(30 << 20));
    let function = format!(
        r#"{{"FunctionName":"f","Runtime":"provided.al2023","Role":"arn:aws:iam::000000000000:role/r","Handler":"h","Code":{{"ZipFile":"{code}"}}}}"#
    );
    let filter = |key: &str| format!(r#"{{"Filters":[{{"Key":"{key}","Values":["nowhere"]}}]}}"#);
    [
        (
            "ListSecrets by all",
            "POST /".into(),
            target("ListSecrets"),
            filter("all"),
        ),
        (
            "ListSecrets by description",
            "POST /".into(),
            target("ListSecrets"),
            filter("description"),
        ),
        (
            "snapshot",
            "GET /_keywheel/snapshot".into(),
            String::new(),
            String::new(),
        ),
        (
            "journal",
            "GET /_keywheel/journal".into(),
            String::new(),
            String::new(),
        ),
        (
            "CreateFunction of 30 MiB",
            "POST /2015-03-31/functions".into(),
            SIGNED.into(),
            function,
        ),
        (
            "reset",
            "POST /_keywheel/reset".into(),
            String::new(),
            String::new(),
        ),
    ]
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn target(operation: &str) -> String {
    format!("x-amz-target: secretsmanager.{operation}\r\n")
}

/// The prober's longest wait while `work` goes on, and how long that took.
fn longest_beside(
    probe: &(impl Fn() -> usize + Sync),
    work: impl FnOnce(),
) -> (Duration, Duration) {
    let ended = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let seen = Arc::clone(&ended);
        let prober = scope.spawn(move || {
            let mut longest = Duration::ZERO;
            while !seen.load(Ordering::Relaxed) {
                let start = Instant::now();
                probe();
                longest = longest.max(start.elapsed());
                std::thread::sleep(Duration::from_millis(1));
            }
            longest
        });
        let start = Instant::now();
        work();
        let took = start.elapsed();
        ended.store(true, Ordering::Relaxed);
        (prober.join().unwrap(), took)
    })
}

fn ask(address: SocketAddr, start: &str, headers: &str, body: &str) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let length = body.len();
    let head = format!(
        "{start} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    stream
        .write_all(&[head.as_bytes(), body.as_bytes()].concat())
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer.len()
}

/// A server with the settings of `keywheel serve`, and so many secrets.
async fn server() -> Server {
    let mut settings = Settings::default();
    settings.access.iam = Enforcement::Audit;
    let builder = Server::builder().settings(settings);
    let server = builder.bind("127.0.0.1:0").await.unwrap();
    server.with_engine(|engine, now| {
        for number in 0..SECRETS {
            create(engine, number, now);
        }
    });
    server
}

fn create(engine: &mut Engine, number: usize, now: Timestamp) {
    let target = HeaderValue::from_static("secretsmanager.CreateSecret");
    let headers = HeaderMap::from_iter([("x-amz-target".parse().unwrap(), target)]);
    let body = format!(
        r#"{{"Name":"app/{number}","Description":"the secret of Team{number} in its Stage","SecretString":"v","ClientRequestToken":"00000000-0000-4000-8000-{number:012}"}}"#
    );
    let request = Request {
        method: &Method::POST,
        uri: &Uri::from_static("/"),
        headers: &headers,
        body: body.as_bytes(),
        caller: None,
    };
    assert_eq!(engine.call_exempt(&request, now).status(), 200);
}

/// An archive with one file that does not get smaller.
fn archive(length: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let options = options.compression_method(zip::CompressionMethod::Stored);
    writer.start_file("bootstrap", options).unwrap();
    writer.write_all(&vec![7; length]).unwrap();
    writer.finish().unwrap().into_inner()
}
