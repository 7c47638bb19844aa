//! The `keywheel` command: one file for each subcommand.
//!
//! In reading order: this file (the commands) · [`exit`] how they end · [`screen`] how they print and [`logging`] what they log ·
//! [`init`] · [`test`], [`replay`], [`scenario`], [`mutants`] and [`list`], with [`subjects`] (the functions they judge) ·
//! [`sweep`], [`interleave`] and [`random`], the search for failures, with [`campaign`] (what all searches
//! share) and [`watch`] (progress and signals) ·
//! [`serve`], with [`function`] (what its `--function` takes) and [`builtin`] (functions that need
//! no set-up) · [`shell`] (what shells, containers and packagers ask for) and
//! [`variables`] (what the environment says) · `operator` (rotate, doctor, revive, sweep-keys: for the rotator in earnest).

mod builtin;
mod campaign;
mod exit;
mod function;
mod init;
mod interleave;
mod list;
mod logging;
mod merge;
mod mutants;
#[cfg(feature = "operator")]
mod operator;
mod random;
mod replay;
mod reports;
mod scenario;
mod screen;
mod serve;
mod shell;
mod subjects;
mod sweep;
mod test;
mod variables;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use keywheel_emulator::invoke::clear_leftovers;

/// A test bench for secret rotation: an emulator with a movable clock and injected faults,
/// scenarios that run a rotation function against it, and oracles that judge the run.
#[derive(Debug, Parser)]
#[command(name = "keywheel", version, about, propagate_version = true)]
#[command(
    after_long_help = format!("{EXIT_CODES}\n\n{}", variables::text()),
    after_help = EXIT_CODES
)]
struct Cli {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(flatten)]
    amount: screen::Amount,
    #[command(subcommand)]
    command: Command,
}

/// What the exit codes mean.
const EXIT_CODES: &str = "Exit codes: 0 passed, 1 violated or failed, 2 usage, invalid scenario or did not start, \
3 did not recover, 4 a fault was not triggered or coverage is missing, 5 a mutant survived, \
6 not deterministic, 70 our own bug, 74 what was printed could not be written.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write keywheel.toml, a first scenario and a CI workflow for the function in this folder.
    Init(init::Args),
    /// Run scenario files against a rotation function and judge each run.
    Test(test::Args),
    /// Run one scenario and print everything that happens in it.
    Replay(replay::Args),
    /// Inject every fault at every call, and group what fails by root cause.
    Sweep(sweep::Args),
    /// Run a step twice at once in every order of its calls.
    Interleave(interleave::Args),
    /// Run random scenarios, and make small what fails.
    Fuzz(random::FuzzArgs),
    /// Let worlds live through hundreds of disturbed rotations.
    Soak(random::SoakArgs),
    /// Fold the reports of a campaign's shards into one.
    Merge(merge::Args),
    /// Run the known-bad rotators: the harness must catch each of them.
    Mutants(mutants::Args),
    /// List scenarios, faults, oracles, marks, operations or mutants.
    List(list::Args),
    /// Print scenarios as text or in their JSON form.
    Scenario(scenario::Args),
    /// Serve the emulator over HTTP until Ctrl-C.
    Serve(serve::Args),
    /// Print the variables with which clients call a server, for a shell to read.
    Env(shell::EnvArgs),
    /// Ask a server whether it is well.
    Health(shell::HealthArgs),
    /// Print what completes this command in a shell.
    Completions(shell::CompletionsArgs),
    /// Print the manual page.
    Man(shell::ManArgs),
    /// Rotate a secret from here, against AWS or any endpoint, with the builtin rotator.
    #[cfg(feature = "operator")]
    Rotate(operator::rotate::Args),
    /// Examine a secret: permissions, expiry, room for keys, stuck rotations.
    #[cfg(feature = "operator")]
    Doctor(operator::doctor::Args),
    /// Bring back the key of a version of a secret.
    #[cfg(feature = "operator")]
    Revive(operator::revive::Args),
    /// Extend and retire the keys of a secret, or tell what would become of them.
    #[cfg(feature = "operator")]
    SweepKeys(operator::sweep_keys::Args),
}

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let Cli {
        color,
        amount,
        command,
    } = Cli::parse();
    color.write_global();
    amount.choose();
    clear();
    watch::end_when_told();
    let done = watch::guard_runs().and_then(|()| exit::unless_panicked(|| carry_out(command)));
    watch::wait_if_leaving();
    screen::told(done.unwrap_or_else(exit::Failure::report))
}

/// Ends what commands that were killed could not end.
fn clear() {
    let cleared = clear_leftovers();
    if cleared > 0 {
        let commands = if cleared == 1 { "command" } else { "commands" };
        let told = format!("keywheel: ended what {cleared} killed {commands} had left behind");
        // The processes have ended, whether anybody reads it or not.
        let _ = writeln!(anstream::stderr(), "{told}");
    }
}

/// Says why a function does not start.
pub(crate) fn cannot_confine(error: &std::io::Error) -> ExitCode {
    exit::Failure::internal(format!("cannot start the function: {error}")).report()
}

fn carry_out(command: Command) -> Result<ExitCode, exit::Failure> {
    match command {
        Command::Init(args) => init::run_command(&args),
        Command::Test(args) => test::run_command(&args),
        Command::Replay(args) => replay::run_command(&args),
        Command::Sweep(args) => sweep::run_command(&args),
        Command::Interleave(args) => interleave::run_command(&args),
        Command::Fuzz(args) => random::fuzz(&args),
        Command::Soak(args) => random::soak(&args),
        Command::Merge(args) => merge::run_command(&args),
        Command::Mutants(args) => mutants::run_command(&args),
        Command::List(args) => list::run_command(&args),
        Command::Scenario(args) => scenario::run_command(&args),
        Command::Serve(args) => serve::run(args).map(|()| ExitCode::SUCCESS),
        Command::Env(args) => shell::env(&args),
        Command::Health(args) => shell::health(&args),
        Command::Completions(args) => Ok(shell::completions(&args, Cli::command())),
        Command::Man(args) => shell::man(&args, Cli::command()),
        #[cfg(feature = "operator")]
        Command::Rotate(args) => operator::rotate::run_command(&args),
        #[cfg(feature = "operator")]
        Command::Doctor(args) => operator::doctor::run_command(&args),
        #[cfg(feature = "operator")]
        Command::Revive(args) => operator::revive::run_command(&args),
        #[cfg(feature = "operator")]
        Command::SweepKeys(args) => operator::sweep_keys::run_command(&args),
    }
}
