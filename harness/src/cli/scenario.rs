//! `keywheel scenario`: a scenario in its other form: text as JSON for machines, JSON as text.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use keywheel::scenario::print;
use keywheel::suite;

use super::exit::Failure;
use super::screen::out;

/// Options of `keywheel scenario`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Scenario files, folders of them, or parts of scenarios' names; a file that ends in .json
    /// holds the JSON form.
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// Prints the JSON form, one scenario a line (schema: harness/scenario.schema.json), instead of
    /// the text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let read =
        suite::read_chosen(&args.scenarios).map_err(|error| Failure::usage(error.to_string()))?;
    for scenario in read {
        let told = match args.json {
            true => serde_json::to_string(&scenario)
                .map_err(|error| Failure::internal(error.to_string()))?,
            false => print(&scenario).trim_end().to_owned(),
        };
        if writeln!(out(), "{told}").is_err() {
            break; // The reader has seen enough.
        }
    }
    Ok(ExitCode::SUCCESS)
}
