//! The rotator's own executable as a process: its websockets come in by a socket.

use keywheel_clients::{Test, tests};

use super::*;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] its_websockets_are_calls_of_the_world_and_faults_strike_them,
    ]
}

fn bootstrap() -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_keywheel")).with_file_name("bootstrap");
    assert!(
        built.exists(),
        "{} is missing: run `cargo test --workspace`, or `cargo build -p keywheel-rotator` before",
        built.display()
    );
    built.display().to_string()
}

fn its_websockets_are_calls_of_the_world_and_faults_strike_them() {
    let subject = Process::new(&bootstrap(), LIMIT);
    for name in ["first-rotation", "killed-at-the-websocket"] {
        let path = top().join(format!("scenarios/events/{name}.scenario"));
        holds(&suite::read_one(&path).unwrap(), &subject);
    }
}
