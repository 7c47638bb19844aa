//! `keywheel merge`: the shards of a campaign as one.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keywheel::explore::summary::Summary;
use keywheel::input;
use keywheel::report::{campaign as told, case, json, page};

use super::campaign::exit_code;
use super::exit::Failure;
use super::reports::{self, Report, Told};
use super::screen::out;

/// Options of `keywheel merge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The JSON reports of all shards, in any order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A report of the whole: text, json=FILE, junit=FILE, tap=FILE, html=FILE or github; may
    /// be repeated.
    #[arg(long, value_name = "FORM")]
    report: Vec<Report>,
    /// Print what became of each fault kind at each operation.
    #[arg(long)]
    ledger: bool,
}

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let mut shards = Vec::new();
    for file in &args.files {
        shards.extend(read(file)?);
    }
    let folded = Summary::fold(shards);
    let whole = folded.map_err(|error| Failure::usage(format!("cannot merge: {error}")))?;
    let mut text = format!(
        "{} of {} in {} shards\n\n{}",
        whole.plan.mode,
        whole.plan.function,
        whole.shards_folded,
        told::findings(&whole)
    );
    if args.ledger {
        text += &told::ledger(&whole);
    }
    text += &told::evidence(&whole);
    text += &format!(
        "\n{} runs: {} failed; {} findings",
        whole.runs,
        whole.failed,
        whole.findings.len()
    );
    // A reader that has gone away does not change the verdict.
    let _ = writeln!(out(), "{text}");
    let cases = case::of_campaign(&whole);
    let told = Told {
        mode: whole.plan.mode.as_str(),
        function: &whole.plan.function,
        cases: &cases,
        summary: Some(&whole),
        findings: &|| page::of_campaign(&whole, &|_| None),
    };
    reports::write(&args.report, &told)?;
    Ok(ExitCode::from(exit_code(&whole)))
}

fn read(file: &Path) -> Result<Vec<Summary>, Failure> {
    let shown = file.display();
    let text = input::text(file, input::LONGEST)
        .map_err(|error| Failure::usage(format!("cannot read {shown}: {error}")))?;
    let summaries = json::summaries(&text);
    let summaries = summaries.map_err(|(line, error)| {
        Failure::usage(format!(
            "{shown}:{line}: not a line of a report written with --report json=FILE: {error}"
        ))
    })?;
    if summaries.is_empty() {
        return Err(Failure::usage(format!(
            "{shown}: no summary in it; give the files that --report json=FILE has written"
        )));
    }
    Ok(summaries)
}
