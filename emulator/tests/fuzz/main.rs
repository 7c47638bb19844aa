//! Calls made from the tables of the service models, in worlds that live on: values at their
//! bounds and beyond, names from earlier answers, faults, other clocks, restarts. Whatever comes,
//! nothing panics, no answer is the server's own fault unless a fault asks for it, what says that it
//! is JSON or XML is that, and memory stays flat.
//!
//! `KEYWHEEL_FUZZ_INPUTS` asks for more calls, `KEYWHEEL_FUZZ_SEED` for others.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod call;
mod draw;
mod shape;
mod world;

use draw::Draw;
use world::World;

/// Calls in a run of the checks.
const INPUTS: usize = 40_000;

/// Calls of one world.
const LIFE: usize = 2_000;

/// How much the process may grow from the second world on, in bytes.
const GROWTH: u64 = 192 << 20;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn no_call_panics_or_is_called_the_servers_fault() {
    let inputs = from_environment("KEYWHEEL_FUZZ_INPUTS");
    let inputs = inputs.map_or(INPUTS, |inputs| usize::try_from(inputs).unwrap());
    let first = from_environment("KEYWHEEL_FUZZ_SEED").unwrap_or(1);
    let worlds = u64::try_from(inputs.div_ceil(LIFE)).unwrap();
    let (mut after_one, mut succeeded) = (None, 0);
    for seed in first..first + worlds {
        let mut draw = Draw::new(seed);
        let mut world = World::new(&mut draw);
        for _ in 0..LIFE {
            if let Err(problem) = world.step(&mut draw) {
                panic!("KEYWHEEL_FUZZ_SEED={seed}: {problem}");
            }
        }
        succeeded += world.succeeded;
        drop(world);
        if let (None, true) = (after_one, seed >= first + 4) {
            after_one = resident_bytes();
        }
    }
    let share = 100 * succeeded / inputs.max(LIFE);
    assert!(share >= 3, "{share} % of the calls get past the first look");
    if let (Some(before), Some(after)) = (after_one, resident_bytes()) {
        let grown = after.saturating_sub(before);
        assert!(grown < GROWTH, "grew by {grown} bytes");
    }
}

/// What the process holds in memory, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
