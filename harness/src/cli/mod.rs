//! The `keywheel` command: one file for each subcommand.
//!
//! In reading order: this file (the commands) · [`exit`] how they end · [`serve`], with
//! [`function`] (what `--function` takes) and [`builtin`] (functions that need no set-up).

mod builtin;
mod exit;
mod function;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A test bench for secret rotation.
#[derive(Debug, Parser)]
#[command(name = "keywheel", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the emulator over HTTP until Ctrl-C.
    Serve(serve::Args),
}

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
