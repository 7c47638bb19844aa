//! From the start of the Lambda binary's process to its first response, and the memory it then
//! holds, against a Runtime API and an AWS that are only as much of them as that takes.
//!
//! Build what you would deploy first; the binary measured is that of the bench profile, or the file
//! that `KEYWHEEL_BOOTSTRAP` names.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BAD_STEP: &str = r#"{"Step":"bogus","SecretId":"s","ClientRequestToken":"t"}"#;
const FIRST_STEP: &str = r#"{"Step":"createSecret","SecretId":"s","ClientRequestToken":"t"}"#;

/// Reads one HTTP request with its body; false at the end of the connection.
fn read_request(reader: &mut BufReader<TcpStream>) -> bool {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    true
}

fn answer(stream: &mut BufReader<TcpStream>, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let text = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
    stream.get_mut().write_all(text.as_bytes()).unwrap();
}

/// An AWS that allows nothing.
fn refuse_everything() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            std::thread::spawn(move || {
                while read_request(&mut stream) {
                    let body = r#"{"__type":"AccessDeniedException"}"#;
                    answer(&mut stream, "400 Bad Request", "", body);
                }
            });
        }
    });
    url
}

fn bootstrap() -> String {
    std::env::var("KEYWHEEL_BOOTSTRAP")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_bootstrap").to_owned())
}

fn start(runtime: &TcpListener, aws: &str) -> Child {
    Command::new(bootstrap())
        .env_clear()
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            runtime.local_addr().unwrap().to_string(),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", aws)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// One cold start; gives the time to the first response and the resident KiB after it.
fn cold_start(event: &str, aws: &str) -> (Duration, u64) {
    let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
    let started = now();
    let mut child = start(&runtime, aws);
    let mut stream = BufReader::new(runtime.accept().unwrap().0);
    assert!(read_request(&mut stream));
    let headers = "lambda-runtime-aws-request-id: 1\r\nlambda-runtime-deadline-ms: 9999999999999\r\n\
                   lambda-runtime-invoked-function-arn: arn\r\ncontent-type: application/json\r\n";
    answer(&mut stream, "200 OK", headers, event);
    assert!(read_request(&mut stream), "a response");
    let took = started.elapsed();
    let resident = resident_kib(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    (took, resident)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap().trim_end_matches("kB").trim().parse().unwrap()
}

#[expect(clippy::print_stdout, reason = "criterion knows time only")]
fn cold_starts(criterion: &mut Criterion) {
    let aws = refuse_everything();
    let mut group = criterion.benchmark_group("bootstrap");
    group.sample_size(20);
    for (name, event) in [
        ("start to first response", BAD_STEP),
        ("start to first response, with a call to AWS", FIRST_STEP),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| cold_start(event, &aws).0).sum());
        });
        let resident = cold_start(event, &aws).1;
        println!("bootstrap/{name}: {resident} KiB resident");
    }
    let size = std::fs::metadata(bootstrap()).unwrap().len();
    println!("bootstrap: {} KiB on disk", size / 1024);
    group.finish();
}

criterion_group!(benches, cold_starts);
criterion_main!(benches);
