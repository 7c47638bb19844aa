//! The `keywheel` command: one file for each subcommand.
//!
//! In reading order: this file (the commands) · [`exit`] how they end · [`screen`] how they print ·
//! [`test`], [`replay`], [`mutants`] and [`list`], with [`subjects`] (the functions they judge) ·
//! [`serve`], with [`function`] (what its `--function` takes) and [`builtin`] (functions that need
//! no set-up).

mod builtin;
mod exit;
mod function;
mod list;
mod mutants;
mod replay;
mod screen;
mod serve;
mod subjects;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A test bench for secret rotation: an emulator with a movable clock and ordered faults,
/// scenarios that run a rotation function against it, and oracles that judge the run.
#[derive(Debug, Parser)]
#[command(name = "keywheel", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 held, 1 safety violated, 2 usage or invalid scenario, \
3 did not settle, 4 a fault never fired, 5 a mutant survived, 70 our own bug."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenario files against a rotation function and judge each run.
    Test(test::Args),
    /// Run one scenario and print everything that happens in it.
    Replay(replay::Args),
    /// Run the known-bad rotators: the harness must catch each of them.
    Mutants(mutants::Args),
    /// List scenarios, faults, oracles, operations or mutants.
    List(list::Args),
    /// Serve the emulator over HTTP until Ctrl-C.
    Serve(serve::Args),
}

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Test(args) => test::run_command(&args),
        Command::Replay(args) => replay::run_command(&args),
        Command::Mutants(args) => mutants::run_command(&args),
        Command::List(args) => list::run_command(&args),
        Command::Serve(args) => serve::run(args).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(exit::Failure::report)
}
