//! `keywheel list`: what there is, one line each.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use keywheel::history::marks;
use keywheel::scenario::{Choice as _, Mark};
use keywheel::{mutants, oracle, suite};
use keywheel_emulator::fault::Verdict;
use keywheel_emulator::ops;

use super::exit::Failure;
use super::screen::{BOLD, out, paint};

/// What to list.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum What {
    /// The scenario files, each with its story.
    Scenarios,
    /// The kinds of fault that a scenario can inject.
    Faults,
    /// What must hold.
    Oracles,
    /// The situations that campaigns must cover.
    #[value(alias = "marks")]
    Coverage,
    /// The AWS operations that the emulator answers.
    Operations,
    /// The known-bad rotators.
    Mutants,
}

/// Options of `keywheel list`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to list.
    what: What,
    /// Which scenarios: files, folders of them, or parts of their names [default: the folder
    /// scenarios/ if there is one, the suites of this program otherwise].
    scenarios: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let rows = match args.what {
        What::Scenarios => scenarios(args)?,
        What::Faults => Verdict::ALL
            .map(|(verdict, text)| row(&verdict.form(), text))
            .to_vec(),
        What::Oracles => oracle::ALL
            .iter()
            .map(|oracle| row(oracle.id.as_str(), oracle.demand))
            .collect(),
        What::Coverage => Mark::VALUES
            .iter()
            .map(|mark| row(mark.as_str(), marks::text(*mark)))
            .collect(),
        What::Operations => ops::rows()
            .map(|op| row(op.name, op.service.as_str()))
            .collect(),
        What::Mutants => mutants::ALL
            .iter()
            .map(|mutant| row(mutant.subject.name(), mutant.bug))
            .collect(),
    };
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (name, text) in rows {
        let gap = " ".repeat(width - name.chars().count());
        if writeln!(out(), "{}{gap}  {text}", paint(BOLD, &name)).is_err() {
            break; // The reader has seen enough.
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

fn scenarios(args: &Args) -> Result<Vec<(String, String)>, Failure> {
    let read = suite::read_chosen(&args.scenarios);
    let scenarios = read.map_err(|error| Failure::usage(error.to_string()))?;
    let first = |story: &str| story.lines().next().unwrap_or_default().to_owned();
    Ok(scenarios
        .into_iter()
        .map(|s| (s.name, first(&s.story)))
        .collect())
}
