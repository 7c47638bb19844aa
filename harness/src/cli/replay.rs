//! `keywheel replay`: one scenario, with its whole timeline.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use keywheel::output;
use keywheel::record::timeline;
use keywheel::report::html;
use keywheel::run::{golden, run};
use keywheel::scenario::Mark;
use keywheel::suite;

use super::exit::Failure;
use super::screen::{self, out};
use super::subjects::Function;

/// Options of `keywheel replay`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    function: Function,
    /// Writes the timeline as one HTML file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Replaces the scenario's seed.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let subject = args.function.find()?;
    let [word] = &args.function.scenarios()[..] else {
        let message = "say the one scenario that is to be replayed: its file, or its name";
        return Err(Failure::usage(message));
    };
    let read = suite::choose_one(word).and_then(|choice| choice.read());
    let mut scenario = read.map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(seed) = args.seed {
        golden::reseed(&mut scenario, seed);
    }
    args.function.aim(&mut scenario.world);
    screen::notices(&scenario);
    let run = run(&scenario, &*subject);
    if let Some(path) = &args.html {
        let written = output::put(path, &html::page(&run.scenario.name, &run));
        written.map_err(|e| Failure::usage(format!("cannot write {}: {e}", path.display())))?;
    }
    let verdict = run.verdict();
    let mut told = format!("{}\n", screen::timeline(&run));
    for objection in timeline::objections(&run) {
        told += &format!("\n  {objection}");
    }
    let marks: Vec<&str> = run.marks().into_iter().map(Mark::as_str).collect();
    if !marks.is_empty() {
        told += &format!("\ncoverage: {}", marks.join(", "));
    }
    told += &format!(
        "\n{}: {} (seed {})",
        run.scenario.name,
        screen::verdict(verdict),
        scenario.seed
    );
    // A reader that has gone away does not change the verdict.
    let _ = writeln!(out(), "{told}");
    Ok(ExitCode::from(verdict.exit_code()))
}
