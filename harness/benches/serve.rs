//! How soon `keywheel serve` answers after its start, and how much memory it holds when idle.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn start() -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keywheel"))
        .args(["serve", "--port", "0", "--seed", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.split("http://").nth(1).unwrap();
    let address = address.split_whitespace().next().unwrap().to_owned();
    (child, address)
}

fn ask_health(address: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /_keywheel/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn resident_kib(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn serve(criterion: &mut Criterion) {
    let (child, address) = start();
    ask_health(&address);
    std::thread::sleep(Duration::from_millis(200));
    let mib = resident_kib(&child) as f64 / 1024.0;
    println_resident(mib);
    end(child);
    let mut group = criterion.benchmark_group("serve");
    group.sample_size(20);
    group.bench_function("start to first answer", |bencher| {
        bencher.iter_custom(|rounds| {
            let mut total = Duration::ZERO;
            for _ in 0..rounds {
                let begin = begin_now();
                let (child, address) = start();
                ask_health(&address);
                total += begin.elapsed();
                end(child);
            }
            total
        });
    });
    group.finish();
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn begin_now() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(
    clippy::print_stdout,
    reason = "the figure belongs to the benchmark's report"
)]
fn println_resident(mib: f64) {
    println!("serve: {mib:.1} MiB resident when idle");
}

criterion_group!(benches, serve);
criterion_main!(benches);
