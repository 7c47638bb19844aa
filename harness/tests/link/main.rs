//! Links over real sockets: clients, faults and servers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod http;
mod mysql;
mod postgres;
mod seam;
mod tcp;

use std::process::ExitCode;

fn main() -> ExitCode {
    let tests = [
        http::tests(),
        mysql::tests(),
        postgres::tests(),
        tcp::tests(),
    ];
    keywheel_clients::run(tests.into_iter().flatten())
}
