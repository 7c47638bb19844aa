//! Outside clients, and tests that need them.
//!
//! Some tests drive Keywheel with what its users have: boto3, the AWS CLI, Node.js, AWS's runtime
//! clients. No machine must have them. A test target in which such tests are sets `harness = false`
//! and has a `main` of its own, in which [`run`] is given the tests, each with the [`Client`]s that
//! it needs:
//!
//! ```no_run
//! use keywheel_clients::{Test, run, tests};
//!
//! fn it_adds() {}
//! async fn boto3_reads_a_secret() {}
//!
//! fn main() -> std::process::ExitCode {
//!     run(tests![[] it_adds, [Boto3] async boto3_reads_a_secret])
//! }
//! ```
//!
//! A test whose client is missing is ignored, with the reason in its line, and the last line says
//! how to get what was missing. `KEYWHEEL_CLIENTS=require` makes each of them a failure instead.

mod client;
mod run;

pub use client::{Client, MODULES, RUNTIME_CLIENT};
pub use run::{Test, block_on, run};
