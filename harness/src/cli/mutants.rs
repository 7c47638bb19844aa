//! `keywheel mutants`: the known-bad rotators, each of which its oracle must catch.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use keywheel::clock::Stopwatch;
use keywheel::explore::campaign::Crew;
use keywheel::explore::fuzz;
use keywheel::explore::hunt::{Budget, Catch, Outcome, hunt};
use keywheel::explore::ordered::in_order;
use keywheel::invoked::program;
use keywheel::mutants::{ALL, Canary, Mutant};
use keywheel::record::Verdict;
use keywheel::report::case::{Case, Failure as CaseFailure};
use keywheel::scenario::print;
use keywheel::suite;

use super::exit::Failure;
use super::reports::{self, Report, Told};
use super::screen::{BOLD, DIM, GREEN, RED, out, paint};
use super::test;
use super::watch::{INTERRUPTED, bar, stop_flag};

/// Options of `keywheel mutants`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Scenario files, folders of them, or parts of scenarios' names [default: the folder
    /// scenarios/ if there is one, the suites of this program otherwise].
    scenarios: Vec<PathBuf>,
    /// Only this one, and the smallest scenario that shows its bug; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// From which random scenarios are drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many random scenarios a mutant may cost, and the canary does.
    #[arg(long, value_name = "N", default_value_t = 300)]
    runs: u32,
    /// How many searches at once [default: the processors of this machine].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// A report for machines: json=FILE, junit=FILE, tap=FILE, html=FILE or github; may
    /// be repeated.
    #[arg(long, value_name = "FORM")]
    report: Vec<Report>,
}

/// A mutant that nobody caught.
const SURVIVED: u8 = 5;

/// How many orders of doubled steps a mutant may cost.
const ORDERS: usize = 500;

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let watch = Stopwatch::start();
    let suite = suite::read_chosen(&args.scenarios);
    let suite = suite.map_err(|error| Failure::usage(error.to_string()))?;
    let chosen = chosen(&args.only)?;
    let budget = Budget {
        orders: ORDERS,
        draws: args.runs,
        seed: args.seed,
    };
    reports::check(&args.report)?;
    let jobs = args.jobs.map_or_else(test::processors, NonZeroUsize::get);
    let jobs = jobs.clamp(1, 256);
    let stop = stop_flag(None);
    let bar = bar(Some(chosen.len() as u64), "mutants");
    let found = in_order(jobs, &chosen, |mutant| {
        let outcome = hunt(mutant, &suite, budget, &stop);
        bar.inc(1);
        outcome
    });
    bar.finish_and_clear();
    let rows: Vec<Row> = chosen.into_iter().zip(found).collect();
    let is_whole = args.only.is_empty();
    let canary = is_whole.then(|| sung(args, jobs, &stop));
    let is_cut_short = stop.load(Ordering::Relaxed);
    // A reader that has gone away does not change the verdict.
    let _ = table(&rows, !is_whole);
    let canary = canary.filter(|_| !is_cut_short);
    let is_sound = canary.is_none_or(|failed| {
        let share = f64::from(failed) / f64::from(args.runs.max(1));
        let _ = writeln!(
            out(),
            "\ncanary: {failed} of {} fuzz runs failed; {:.1} to {:.0} % must",
            args.runs,
            Canary::RATE.start() * 100.0,
            Canary::RATE.end() * 100.0
        );
        Canary::RATE.contains(&share)
    });
    let survivors = rows.iter().filter(|(_, o)| matches!(o, Outcome::Survived));
    let survivors = survivors.count();
    let _ = tell_end(&rows, survivors, is_cut_short, watch);
    let cases: Vec<Case> = rows
        .iter()
        .filter_map(|(mutant, outcome)| case(mutant, outcome))
        .collect();
    let told = Told {
        mode: "mutants",
        function: "every mutant",
        cases: &cases,
        summary: None,
        findings: &Vec::new,
    };
    reports::write(&args.report, &told)?;
    Ok(ExitCode::from(match (survivors, is_sound) {
        (0, true) if is_cut_short => INTERRUPTED,
        (0, true) => 0,
        _ => SURVIVED,
    }))
}

/// A mutant and what became of it.
type Row = (&'static Mutant, Outcome);

fn tell_end(
    rows: &[Row],
    survivors: usize,
    is_cut_short: bool,
    watch: Stopwatch,
) -> io::Result<()> {
    let caught = rows.iter().filter(|(_, o)| o.caught().is_some()).count();
    let seconds = watch.seconds();
    if is_cut_short {
        let left = rows.len() - caught - survivors;
        writeln!(
            out(),
            "\nstopped before its end: this is what was known by then; {left} mutants are open"
        )?;
    }
    writeln!(
        out(),
        "\n{caught} caught, {survivors} survived in {seconds:.1} s"
    )
}

fn chosen(only: &[String]) -> Result<Vec<&'static Mutant>, Failure> {
    let named = |name: &String| {
        let mutant = ALL.iter().find(|mutant| mutant.subject.name() == name);
        mutant.ok_or_else(|| {
            let names = ALL.iter().map(|mutant| mutant.subject.name());
            let near = keywheel_emulator::fault::nearest(name, names);
            let hint = near.map_or_else(
                || format!("`{} list mutants` names those there are", program()),
                |near| format!("did you mean {near}?"),
            );
            Failure::usage(format!("--only: there is no mutant {name}; {hint}"))
        })
    };
    if only.is_empty() {
        return Ok(ALL.iter().collect());
    }
    only.iter().map(named).collect()
}

/// How many of the canary's runs its oracle objects to.
fn sung(args: &Args, jobs: usize, stop: &AtomicBool) -> u32 {
    let crew = Crew {
        subject: &Canary,
        jobs,
        stop,
        seed: args.seed,
    };
    let mut failed = 0;
    crew.explore(
        (0..args.runs).map(|number| fuzz::item(args.seed, number)),
        &|_, _| Vec::new(),
        &mut |_, judged| {
            let mut classes = judged.failures.keys();
            failed += u32::from(classes.any(|class| class.objector == Canary::CAUGHT_BY));
        },
    );
    failed
}

fn table(rows: &[Row], shows_minimal: bool) -> io::Result<()> {
    let mut out = out();
    let head = format!(
        "{:<22} {:<18} {:<10} {:>5} {:>5}  what is wrong with it",
        "mutant", "caught by", "in", "runs", "lines"
    );
    writeln!(out, "{}", paint(BOLD, &head))?;
    for (mutant, outcome) in rows {
        let (name, bug) = (mutant.subject.name(), paint(DIM, mutant.bug));
        let oracle = format!("{:<18}", mutant.caught_by);
        match outcome {
            Outcome::Caught(caught) => {
                let (mode, runs) = (caught.mode, caught.runs);
                let (oracle, lines) = (paint(GREEN, &oracle), lines(caught));
                writeln!(
                    out,
                    "{name:<22} {oracle} {mode:<10} {runs:>5} {lines:>5}  {bug}"
                )?;
                if shows_minimal {
                    writeln!(out, "\n{}", print(&caught.minimal))?;
                }
            }
            Outcome::Unfinished => {}
            Outcome::Survived => {
                let survived = paint(RED, &format!("{:<18}", "SURVIVED"));
                writeln!(
                    out,
                    "{name:<22} {survived} {:<10} {:>5} {:>5}  {bug}",
                    "", "", ""
                )?;
            }
        }
    }
    Ok(())
}

/// The length of the smallest scenario, without what the oracle says.
fn lines(caught: &Catch) -> usize {
    let mut untold = caught.minimal.clone();
    untold.story.clear();
    print(&untold).lines().count()
}

/// None if it is not known whether the mutant is caught.
fn case(mutant: &Mutant, outcome: &Outcome) -> Option<Case> {
    if matches!(outcome, Outcome::Unfinished) {
        return None;
    }
    let caught = outcome.caught();
    let failure = || CaseFailure {
        kind: "survived".to_owned(),
        message: format!("{} objects to nothing: {}", mutant.caught_by, mutant.bug),
        scenario: String::new(),
        file: None,
    };
    Some(Case {
        suite: match caught {
            Some(caught) => format!("mutants/{}", caught.mode),
            None => "mutants".to_owned(),
        },
        name: format!("{} by {}", mutant.subject.name(), mutant.caught_by),
        runs: caught.map_or(0, |caught| caught.runs),
        verdict: match caught {
            Some(_) => Verdict::Passed,
            None => Verdict::Failed,
        },
        marks: None,
        skipped: None,
        failure: caught.is_none().then(failure),
    })
}
