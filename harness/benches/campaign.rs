//! What a campaign gains from a second thread, and whether its runs leave memory behind.
//!
//! Both figures are printed, since criterion has no place for them. `KEYWHEEL_BENCH_RUNS` says after
//! how many runs the memory is looked at last: a million take half an hour or more.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, prints what criterion cannot, and reads \
              the machine's clock"
)]

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keywheel::explore::ordered::in_order;
use keywheel::run::run;
use keywheel::scenario::{Scenario, parse};
use keywheel::subject::builtin::Builtin;

const ONE_ROTATION: &str = "keywheel scenario 1\nrotate\n";

/// Runs that are given out together.
const BATCH: usize = 100;

/// How often one thread is held against two.
const PAIRS: usize = 15;

/// Runs before the memory is looked at first, and before it is looked at last.
const WARM: usize = 2_000;
const RUNS: usize = 20_000;

fn scenario() -> Scenario {
    parse("one-rotation", ONE_ROTATION, &Default::default()).unwrap()
}

/// A batch on so many threads.
fn batch(threads: usize, scenario: &Scenario) -> usize {
    let list = [scenario; BATCH];
    let violations = in_order(threads, &list, |scenario| {
        run(scenario, &Builtin).found.len()
    });
    violations.into_iter().sum()
}

fn threads(criterion: &mut Criterion) {
    let scenario = scenario();
    let mut group = criterion.benchmark_group("runs");
    group.throughput(Throughput::Elements(BATCH as u64));
    for threads in [1, 2] {
        group.bench_function(
            format!("on {threads} of the machine's threads"),
            |bencher| {
                bencher.iter(|| assert_eq!(batch(threads, &scenario), 0));
            },
        );
    }
    group.finish();
    let took = |threads: usize| {
        let start = Instant::now();
        batch(threads, &scenario);
        start.elapsed()
    };
    let mut gains: Vec<f64> = (0..PAIRS)
        .map(|_| took(1).as_secs_f64() / took(2).as_secs_f64())
        .collect();
    gains.sort_by(f64::total_cmp);
    println!(
        "two threads by one: {:.2} times the runs (median of {PAIRS} pairs; budget: 1.8)",
        gains[PAIRS / 2]
    );
}

fn memory(_: &mut Criterion) {
    let scenario = scenario();
    let asked = std::env::var("KEYWHEEL_BENCH_RUNS").ok();
    let runs = asked.map_or(RUNS, |asked| asked.parse().unwrap());
    let until = |so_many: usize, mut done: usize| {
        while done < so_many {
            batch(2, &scenario);
            done += BATCH;
        }
    };
    until(WARM, 0);
    let Some(before) = resident_kib() else { return };
    until(runs, WARM);
    let after = resident_kib().unwrap();
    println!(
        "memory: {before} KiB resident after {WARM} runs, {after} KiB after {runs} (budget: flat)"
    );
}

/// What the process holds in memory, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(5));
    targets = threads, memory
}
criterion_main!(benches);
