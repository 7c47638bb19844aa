//! `keywheel serve` as its users meet it: the command line, the Rust SDK, boto3 and the AWS CLI.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod aws_cli;
mod boto3;
mod browser;
mod command;
#[cfg(target_os = "linux")]
mod confined;
#[cfg(feature = "operator")]
mod event_api;
#[cfg(target_os = "linux")]
mod functions;
mod iam;
mod logs_tail;
mod node;
#[cfg(feature = "operator")]
mod operator;
mod process;
mod record;
mod recorded;
#[cfg(target_os = "linux")]
mod runtime_clients;
mod rust_sdk;
mod secrecy;
mod walkthrough;

fn main() -> std::process::ExitCode {
    let tests = [
        aws_cli::tests(),
        boto3::tests(),
        browser::tests(),
        command::tests(),
        #[cfg(target_os = "linux")]
        confined::tests(),
        #[cfg(feature = "operator")]
        event_api::tests(),
        #[cfg(target_os = "linux")]
        functions::tests(),
        iam::tests(),
        logs_tail::tests(),
        node::tests(),
        #[cfg(feature = "operator")]
        operator::tests(),
        record::tests(),
        recorded::tests(),
        #[cfg(target_os = "linux")]
        runtime_clients::tests(),
        rust_sdk::tests(),
        secrecy::tests(),
        walkthrough::tests(),
    ];
    keywheel_clients::run(tests.into_iter().flatten())
}
