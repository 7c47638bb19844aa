//! Lambda and its logs: the control plane in memory, and functions that are run. Those of
//! Python are ignored where there is no `python3`, those of Node.js where there is no `node`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod aliases;
mod archive;
mod client;
mod functions;
mod hard;
mod logs;
mod permissions;
mod processes;
mod rotation;
mod running;
mod server;
mod started;
mod surroundings;

fn main() -> std::process::ExitCode {
    let tests = [
        aliases::tests(),
        functions::tests(),
        hard::tests(),
        logs::tests(),
        permissions::tests(),
        processes::tests(),
        rotation::tests(),
        running::tests(),
        started::tests(),
        surroundings::tests(),
    ];
    keywheel_clients::run(tests.into_iter().flatten())
}
