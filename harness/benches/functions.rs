//! What functions cost: a warm Python function's four steps against the same handler without the
//! service;
//! whole rotations by the Rust bootstrap over real sockets; GetSecretValue while twenty functions
//! rotate. The figures to look at are printed; build the bootstrap of the same profile first.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at the first surprise, and print its figure"
)]

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keywheel_emulator::http::Server;
use keywheel_emulator::invoke::{LambdaProcess, RotationFunction};
use keywheel_emulator::state::Settings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A handler that does what the protocol asks for.
const PYTHON: &[u8] = include_bytes!("functions/rotation.py");

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// Functions that rotate at once, and reads that are measured meanwhile.
const ROTATING: u32 = 20;
const READS: usize = 2_000;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// A connection that stays open.
struct Connection(TcpStream);

impl Connection {
    async fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Sends a request and reads its whole answer.
    async fn ask(&mut self, head: &str, body: &str) -> String {
        let length = body.len();
        let request = format!("{head}\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
        self.0.write_all(request.as_bytes()).await.unwrap();
        let (mut answer, mut buffer) = (Vec::new(), [0; 16_384]);
        loop {
            let read = self.0.read(&mut buffer).await.unwrap();
            assert!(read > 0, "the server hung up");
            answer.extend_from_slice(&buffer[..read]);
            if let Some(whole) = whole(&answer) {
                return whole;
            }
        }
    }

    async fn call(&mut self, service: &str, target: &str, body: &Value) -> Value {
        let head = format!(
            "POST / HTTP/1.1\r\nx-amz-target: {target}\r\ncontent-type: application/x-amz-json-1.1\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        serde_json::from_str(&self.ask(&head, &body.to_string()).await).unwrap_or_default()
    }

    async fn secrets(&mut self, operation: &str, body: &Value) -> Value {
        let target = format!("secretsmanager.{operation}");
        self.call("secretsmanager", &target, body).await
    }

    async fn lambda(&mut self, path: &str, body: &Value) -> String {
        let head = format!(
            "POST /2015-03-31/functions{path} HTTP/1.1\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=test/20261122/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
        );
        self.ask(&head, &body.to_string()).await
    }

    async fn appsync(&mut self, path: &str, body: &Value) -> Value {
        let head = format!(
            "POST {path} HTTP/1.1\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=test/20261122/us-east-1/appsync/aws4_request, SignedHeaders=host, Signature=0"
        );
        serde_json::from_str(&self.ask(&head, &body.to_string()).await).unwrap()
    }

    /// Waits until everything that is due has been done.
    async fn settle(&mut self) {
        self.ask("POST /_keywheel/clock HTTP/1.1", r#"{"advance":"0s"}"#)
            .await;
    }
}

/// The body, once all of it is there.
fn whole(answer: &[u8]) -> Option<String> {
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..at])
        .unwrap()
        .to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    let body = answer.get(at + 4..at + 4 + length)?;
    Some(String::from_utf8(body.to_vec()).unwrap())
}

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
}

/// A secret with a key of an API of its own.
async fn secret(connection: &mut Connection, name: &str) {
    let api = json!({ "name": name, "authenticationType": "API_KEY" });
    let api = connection.appsync("/v1/apis", &api).await;
    let id = api["graphqlApi"]["apiId"].as_str().unwrap();
    let key = connection
        .appsync(&format!("/v1/apis/{id}/apikeys"), &json!({}))
        .await;
    let value = json!({ "apiId": id, "APIKEY": key["apiKey"]["id"] }).to_string();
    let token = format!("{name:0>32}");
    let body = json!({ "Name": name, "SecretString": value, "ClientRequestToken": token });
    connection.secrets("CreateSecret", &body).await;
}

async fn rotate(connection: &mut Connection, secret: &str, function: &str, round: u64) {
    let token = format!("{secret:0>16}{round:0>32}");
    let body = json!({ "SecretId": secret, "RotationLambdaARN": arn(function),
        "RotationRules": { "AutomaticallyAfterDays": 30 }, "ClientRequestToken": token });
    let answer = connection.secrets("RotateSecret", &body).await;
    assert!(answer["VersionId"].is_string(), "{answer}");
}

fn bootstrap() -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_keywheel")).with_file_name("bootstrap");
    assert!(
        built.exists(),
        "build keywheel-rotator with the same profile first"
    );
    // Else testSecret waits a quarter of a second between two probes, and that would be measured.
    format!("RUST_LOG=error TEST_MODE=list exec '{}'", built.display())
}

async fn server(functions: &[(String, String)]) -> Server {
    let mut settings = Settings::default();
    settings.appsync.apis_max = usize::MAX;
    let builder = Server::builder().seed(1).settings(settings);
    let builder = functions.iter().fold(builder, |builder, (name, command)| {
        let quiet = Arc::new(|_: &str, _: &str| ());
        let function = LambdaProcess::new(name.clone(), command.clone()).log_to(quiet);
        builder.function(
            name.clone(),
            Arc::new(function) as Arc<dyn RotationFunction>,
        )
    });
    builder.bind("127.0.0.1:0").await.unwrap()
}

/// How often a secret is rotated before the next takes its place: a key is not retired within its
/// first hour, and an API has room for 50.
const ROTATIONS: u64 = 20;

/// The time that so many rounds take. What a round works on is made first, and not counted.
fn timed(
    runtime: &Runtime,
    connection: &mut Connection,
    rounds: u64,
    total: &mut u64,
    work: impl AsyncFn(&mut Connection, &str, u64),
) -> Duration {
    timed_at_once(
        runtime,
        connection,
        (rounds, 1),
        total,
        async |connection, names, round| {
            work(connection, &names[0], round).await;
        },
    )
}

/// The same for rounds that work on several secrets at once.
fn timed_at_once(
    runtime: &Runtime,
    connection: &mut Connection,
    (rounds, at_once): (u64, usize),
    total: &mut u64,
    work: impl AsyncFn(&mut Connection, &[String], u64),
) -> Duration {
    let mut time = Duration::ZERO;
    for _ in 0..rounds {
        let series = *total / ROTATIONS;
        let names: Vec<String> = (0..at_once).map(|at| format!("s{series}x{at}")).collect();
        if total.is_multiple_of(ROTATIONS) {
            for name in &names {
                runtime.block_on(secret(connection, name));
            }
        }
        *total += 1;
        let began = now();
        runtime.block_on(work(connection, &names, *total));
        time += began.elapsed();
    }
    time
}

/// One rotation after the other by one warm process, and as many at once as there are functions.
fn whole_rotations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("functions/whole rotations by the Rust bootstrap");
    for at_once in [1, 4] {
        let runtime = Runtime::new().unwrap();
        let named: Vec<String> = (0..at_once).map(|at| format!("rust{at}")).collect();
        let functions = named.iter().map(|name| (name.clone(), bootstrap()));
        let functions: Vec<_> = functions.collect();
        let (server, mut connection) = runtime.block_on(async {
            let server = server(&functions).await;
            let connection = Connection::open(&server).await;
            (server, connection)
        });
        let mut total = 0;
        let work = async |connection: &mut Connection, names: &[String], round: u64| {
            for (name, function) in names.iter().zip(&named) {
                rotate(connection, name, function, round).await;
            }
            connection.settle().await;
        };
        group.throughput(Throughput::Elements(at_once));
        group.bench_function(format!("{at_once} at once"), |bencher| {
            bencher.iter_custom(|rounds| {
                let rounds = (rounds, named.len());
                timed_at_once(&runtime, &mut connection, rounds, &mut total, work)
            });
        });
        drop(server);
    }
    group.finish();
}

/// A server with the Python function.
async fn python_server() -> (Server, Connection) {
    let server = server(&[]).await;
    let mut connection = Connection::open(&server).await;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("rotation.py", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(PYTHON).unwrap();
    let archive = STANDARD.encode(writer.finish().unwrap().into_inner());
    let function = json!({ "FunctionName": "python", "Runtime": "python3.12", "Timeout": 30,
        "Handler": "rotation.handler", "Role": "arn:aws:iam::000000000000:role/r",
        "Code": { "ZipFile": archive } });
    connection.lambda("", &function).await;
    let permission = json!({ "StatementId": "r", "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com", "SourceAccount": "000000000000" });
    connection.lambda("/python/policy", &permission).await;
    (server, connection)
}

/// A handler that asks for its events here, by the same runtime client, and makes its calls at a
/// server: what the four steps take without the rotation service and what runs functions for it.
struct Direct {
    stream: TcpStream,
    process: Child,
}

impl Direct {
    async fn start(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
        let process = Command::new("python3")
            .arg(crates.join("../emulator/src/invoke/bootstrap/bootstrap.py"))
            .current_dir(crates.join("benches/functions"))
            .env("LAMBDA_TASK_ROOT", crates.join("benches/functions"))
            .env("_HANDLER", "rotation.handler")
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                listener.local_addr().unwrap().to_string(),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "python")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/python")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "direct")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_ENDPOINT_URL", server.url())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut direct = Self { stream, process };
        direct.question("next").await;
        direct
    }

    /// Reads a request, which must be for this path.
    async fn question(&mut self, end: &str) {
        let (mut request, mut buffer) = (Vec::new(), [0; 16_384]);
        while whole(&request).is_none() {
            let read = self.stream.read(&mut buffer).await.unwrap();
            assert!(
                read > 0,
                "the function has gone: {:?}",
                self.process.try_wait()
            );
            request.extend_from_slice(&buffer[..read]);
        }
        let text = String::from_utf8_lossy(&request);
        let path = text.split(' ').nth(1).unwrap();
        assert!(path.ends_with(end), "{text}");
    }

    /// Answers the question for the next event and waits for the one after it.
    async fn run(&mut self, event: &Value) {
        let event = event.to_string();
        let length = event.len();
        let id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
        let answer = format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\n\
             Lambda-Runtime-Deadline-Ms: 9999999999999\r\n\
             Lambda-Runtime-Invoked-Function-Arn: {}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{event}",
            arn("python")
        );
        self.stream.write_all(answer.as_bytes()).await.unwrap();
        self.question("/response").await;
        let accepted = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
        self.stream.write_all(accepted).await.unwrap();
        self.question("next").await;
    }
}

/// The four steps as the rotation service runs them, and by the handler's runtime client alone. Who
/// asks for the rotation and waits for its end makes two requests, and so does the other side.
fn python_steps(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("functions/four steps of a warm Python function");
    group.sample_size(20);
    let rotated = async |connection: &mut Connection, name: &str, round: u64| {
        rotate(connection, name, "python", round).await;
        connection.settle().await;
    };
    let (server, mut connection) = runtime.block_on(python_server());
    let mut total = 0;
    group.bench_function("rotated", |bencher| {
        bencher.iter_custom(|rounds| timed(&runtime, &mut connection, rounds, &mut total, rotated));
    });
    drop(server);
    let (server, mut connection, direct) = runtime.block_on(async {
        let server = crate::server(&[]).await;
        let (connection, direct) = (
            Connection::open(&server).await,
            Direct::start(&server).await,
        );
        (server, connection, Mutex::new(direct))
    });
    let run = async |connection: &mut Connection, name: &str, round: u64| {
        let mut direct = direct.lock().await;
        let asked = json!({ "SecretId": name });
        connection.secrets("DescribeSecret", &asked).await;
        for step in STEPS {
            let token = format!("{round:0>32}");
            let event = json!({ "Step": step, "SecretId": name, "ClientRequestToken": token });
            direct.run(&event).await;
        }
        connection.settle().await;
    };
    let mut total = 0;
    group.bench_function("direct", |bencher| {
        bencher.iter_custom(|rounds| timed(&runtime, &mut connection, rounds, &mut total, run));
    });
    drop(server);
    group.finish();
}

/// The median time of a GetSecretValue.
async fn median_read(server: &Server) -> Duration {
    let mut connection = Connection::open(server).await;
    let mut times = Vec::with_capacity(READS);
    for _ in 0..READS {
        let began = now();
        let answer = connection
            .secrets("GetSecretValue", &json!({ "SecretId": "s1" }))
            .await;
        times.push(began.elapsed());
        assert!(answer["SecretString"].is_string(), "{answer}");
    }
    times.sort();
    times[READS / 2]
}

/// Rotates twice a second for ever, or as often as the machine can.
async fn keep_rotating(mut connection: Connection, number: u32) {
    let name = format!("s{number}");
    for round in 0_u64.. {
        let token = format!("{name:0>16}{round:0>32}");
        let body = json!({ "SecretId": name, "RotationLambdaARN": arn(&format!("rust{number}")),
            "RotationRules": { "AutomaticallyAfterDays": 30 }, "ClientRequestToken": token });
        connection.secrets("RotateSecret", &body).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Not a figure of criterion's: what counts is the ratio.
fn reads_meanwhile(_: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let functions: Vec<_> = (1..=ROTATING)
            .map(|number| (format!("rust{number}"), bootstrap()))
            .collect();
        let server = server(&functions).await;
        let mut connection = Connection::open(&server).await;
        for number in 1..=ROTATING {
            secret(&mut connection, &format!("s{number}")).await;
        }
        let idle = median_read(&server).await;
        let mut rotating = tokio::task::JoinSet::new();
        for number in 1..=ROTATING {
            rotating.spawn(keep_rotating(Connection::open(&server).await, number));
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let busy = median_read(&server).await;
        rotating.shutdown().await;
        println!(
            "functions/GetSecretValue: median {idle:?} idle, {busy:?} while {ROTATING} functions \
             rotate: {:.2} times",
            busy.as_secs_f64() / idle.as_secs_f64()
        );
    });
}

criterion_group!(benches, whole_rotations, python_steps, reads_meanwhile);
criterion_main!(benches);
