//! `keywheel serve` as its users meet it: the command line, the Rust SDK, boto3 and the AWS CLI.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod aws_cli;
mod boto3;
mod command;
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
mod walkthrough;
