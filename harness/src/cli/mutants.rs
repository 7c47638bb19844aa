//! `keywheel mutants`: the known-bad rotators, each of which its oracle must catch.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use keywheel::mutants::{ALL, Mutant};
use keywheel::run::run;
use keywheel::suite;

use super::exit::Failure;
use super::screen::{DIM, GREEN, RED, out, paint};

/// Options of `keywheel mutants`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the scenarios.
    #[arg(default_value = "scenarios")]
    scenarios: PathBuf,
}

/// A mutant that nobody caught.
const SURVIVED: u8 = 5;

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let mut survivors = 0;
    for mutant in &ALL {
        let is_caught = is_caught(args, mutant)?;
        survivors += usize::from(!is_caught);
        let verdict = if is_caught {
            paint(GREEN, "caught  ")
        } else {
            paint(RED, "SURVIVED")
        };
        let name = mutant.subject.name();
        let by = format!("by {} in {}", mutant.oracle, mutant.scenario);
        // A reader that has gone away does not change the verdict.
        let _ = writeln!(out(), "  {verdict}  {name:<22} {}", mutant.bug);
        let _ = writeln!(out(), "            {:<22} {}", "", paint(DIM, &by));
    }
    let _ = writeln!(
        out(),
        "\n{} caught, {survivors} survived",
        ALL.len() - survivors
    );
    Ok(ExitCode::from(if survivors == 0 { 0 } else { SURVIVED }))
}

fn is_caught(args: &Args, mutant: &Mutant) -> Result<bool, Failure> {
    let file = args
        .scenarios
        .join(mutant.scenario)
        .with_extension("scenario");
    let scenario = suite::read_one(&file).map_err(|error| Failure::usage(error.to_string()))?;
    let run = run(&scenario, mutant.subject);
    Ok(run
        .violations
        .iter()
        .any(|violation| violation.oracle == mutant.oracle))
}
