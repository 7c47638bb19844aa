//! `keywheel test`: scenario files against a rotation function, a verdict for each.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use keywheel::clock::{Pace, Stopwatch};
use keywheel::explore::ordered::each_in_order;
use keywheel::input;
use keywheel::invoked::{program, quoted};
use keywheel::output;
use keywheel::record::timeline;
use keywheel::record::{Run, Verdict};
use keywheel::report::{case, page};
use keywheel::run::{golden, run};
use keywheel::scenario::{LONGEST_FILE, Scenario, Suite};
use keywheel::subject::Subject;
use keywheel::suite::{self, Choice, SuiteError};
use keywheel::target;

use super::exit::Failure;
use super::reports;
use super::screen::{self, DIM, out, paint};
use super::subjects::Function;
use super::watch::{INTERRUPTED, stop_flag};

/// Options of `keywheel test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    function: Function,
    /// Replaces the seed of every scenario.
    #[arg(long)]
    seed: Option<u64>,
    /// How many scenarios run at once [default: the processors of this machine].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// A report for machines: json=FILE, junit=FILE, tap=FILE, html=FILE or github; may
    /// be repeated.
    #[arg(long, value_name = "FORM")]
    report: Vec<reports::Report>,
    /// Write the golden traces of the scenarios anew, as the runs have left them.
    #[arg(long, conflicts_with = "seed")]
    accept: bool,
    /// Print the timeline of every scenario, not only of those that fail; as -v.
    #[arg(long)]
    timeline: bool,
    /// End at the first scenario that fails.
    #[arg(long)]
    fail_fast: bool,
    /// Print the names of the scenarios that would run, and run none.
    #[arg(long)]
    list: bool,
}

impl Args {
    /// Those that every function can be held to, and the project's own.
    fn read_portable(&self) -> Result<Vec<Scenario>, SuiteError> {
        let mut scenarios = suite::portable()?;
        let own = &self.function.project().scenarios;
        if !own.is_empty() {
            scenarios.extend(suite::read(own)?);
        }
        Ok(scenarios)
    }

    /// The scenarios that are named. Where none are: those that every function can be held to, for
    /// one that runs elsewhere, and the folder `scenarios` for our own.
    fn read(&self) -> Result<Vec<Scenario>, Failure> {
        let named = self.function.scenarios();
        let is_elsewhere = self.function.find()?.elsewhere().is_some();
        let read = match named.is_empty() {
            true if is_elsewhere => self.read_portable(),
            _ => suite::read_chosen(&named),
        };
        let mut scenarios = read.map_err(|error| Failure::usage(error.to_string()))?;
        for scenario in &mut scenarios {
            self.function.spare(scenario)?;
        }
        for scenario in &mut scenarios {
            self.function.aim(&mut scenario.world);
        }
        Ok(scenarios)
    }

    /// Why a scenario is not run, if it is not.
    fn why_not(&self, scenario: &Scenario, subject: &dyn Subject) -> Option<String> {
        let own = || {
            let is_for_builtin = scenario.suite == Some(Suite::Builtin);
            let is_another = is_for_builtin && subject.elsewhere().is_some();
            is_another.then(|| "it is about what the builtin rotator promises".to_owned())
        };
        let other = || {
            let (holds, known) = (scenario.world.holds, subject.holds()?);
            let name = subject.name();
            (holds != known).then(|| format!("holds={holds}, and {name} rotates a {known}"))
        };
        let needs = scenario.needs.as_ref();
        let needs = needs.map(|needs| format!("needs={needs}"));
        let needs = needs.or_else(own).or_else(other);
        needs.or_else(|| self.untargeted(scenario, subject.pace()))
    }

    /// Why a scenario does not get its target, if it has one and does not get it. Nobody's password is
    /// tried at a target that was not asked for, and no server is started for it.
    fn untargeted(&self, scenario: &Scenario, pace: Pace) -> Option<String> {
        let kind = scenario.world.target?;
        let is_named = !self.function.scenarios().is_empty() || scenario.file.is_some();
        let is_asked = is_named || self.function.target() == Some(kind);
        match (pace, is_asked) {
            (Pace::Real, false) => Some(format!(
                "target={kind}: say --target {kind} if the function rotates there"
            )),
            _ => target::missing(kind, pace).map(|missing| format!("target={kind}: {missing}")),
        }
    }
}

/// How many functions that wait a processor serves, and how many there are at most unless more are
/// asked for: each holds a few dozen megabytes.
const JOBS_FOR_ONE: usize = 4;
const JOBS_MAX: usize = 16;

/// How many failing runs are told in full; the others by their objections.
const TOLD_IN_FULL: usize = 3;

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let subject = &*args.function.find()?;
    let is_waiting = |scenario: &Scenario| args.why_not(scenario, subject).is_some();
    let words = args.function.scenarios();
    let (waiting, mut scenarios): (Vec<_>, Vec<_>) = args.read()?.into_iter().partition(is_waiting);
    if let Some(seed) = args.seed {
        scenarios.iter_mut().for_each(|it| golden::reseed(it, seed));
    }
    if args.accept {
        return accept(&words, subject);
    }
    if args.list {
        return Ok(list(&scenarios));
    }
    reports::check(&args.report)?;
    let jobs = jobs(args.jobs, subject);
    let mut cases = Vec::new();
    let mut report = Report::new(args);
    let stop = stop_flag(None);
    // A reader that has gone away does not change the verdict.
    let _ = report.begin(&scenarios, subject, jobs);
    scenarios.iter().for_each(screen::notices);
    let work = |scenario: &Scenario| {
        let watch = Stopwatch::start();
        let is_on = !stop.load(Ordering::Relaxed);
        is_on.then(|| {
            let run = run(scenario, subject);
            if args.fail_fast && run.verdict() != Verdict::Passed {
                stop.store(true, Ordering::Relaxed);
            }
            (run, watch.seconds())
        })
    };
    each_in_order(jobs, &scenarios, work, |scenario, done| {
        let Some((run, seconds)) = done else {
            report.left += 1;
            return;
        };
        cases.push(case::of_run(&run));
        let _ = report.add(scenario, run, seconds);
    });
    let _ = report.tell_waiting(&waiting, subject);
    cases.extend(waiting.iter().filter_map(|scenario| {
        let why = args.why_not(scenario, subject)?;
        Some(case::of_skipped(scenario, why))
    }));
    let told = reports::Told {
        mode: "test",
        function: args.function.name(),
        cases: &cases,
        summary: None,
        findings: &|| page::of_runs(&cases, &report.failed),
    };
    let written = reports::write(&args.report, &told);
    let _ = report.end(waiting.len());
    reports::after(written, report.exit_code())
}

/// The names of scenarios, one a line.
fn list(scenarios: &[Scenario]) -> ExitCode {
    for scenario in scenarios {
        if writeln!(out(), "{}", scenario.name).is_err() {
            break; // The reader has seen enough.
        }
    }
    ExitCode::SUCCESS
}

/// Writes golden traces anew, in the files that have a section for one.
fn accept(words: &[PathBuf], subject: &dyn Subject) -> Result<ExitCode, Failure> {
    let chosen = suite::choose(words).map_err(|error| Failure::usage(error.to_string()))?;
    let mut written = 0;
    for choice in chosen {
        let Choice::File(path) = &choice else {
            let message = "--accept writes into files: these scenarios are inside this program";
            return Err(Failure::usage(message));
        };
        let scenario = choice.read();
        let scenario = scenario.map_err(|error| Failure::usage(error.to_string()))?;
        if !scenario.sections.contains_key(golden::SECTION) {
            continue;
        }
        let failed = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let file = input::text(path, LONGEST_FILE).map_err(failed)?;
        let trace = golden::of(&run(&scenario, subject));
        if let Some(new) = golden::accepted(&file, &trace).filter(|new| *new != file) {
            output::put(path, &new).map_err(failed)?;
            let _ = writeln!(out(), "  written  {}", path.display());
            written += 1;
        }
    }
    let _ = writeln!(out(), "{written} golden traces were written");
    Ok(ExitCode::SUCCESS)
}

/// How many runs go on at once: as asked for, or as many as there are processors, or as many as the
/// function can bear.
pub(crate) fn jobs(asked: Option<NonZeroUsize>, subject: &dyn Subject) -> usize {
    let most = subject.runs_at_once().unwrap_or(256);
    let usual = match subject.pace() {
        Pace::Virtual => processors(),
        // Functions elsewhere wait most of the time: for calls, for clients that give up.
        Pace::Real => (processors() * JOBS_FOR_ONE).min(JOBS_MAX),
    };
    asked.map_or(usual, NonZeroUsize::get).clamp(1, most)
}

/// The processors of this machine.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What takes longer in real time, in seconds, is marked as slow.
const SLOW: f64 = 5.0;

struct Report<'a> {
    args: &'a Args,
    watch: Stopwatch,
    worst: Verdict,
    passed: usize,
    failed: Vec<Rc<Run>>,
    /// The names of the slow ones, and their seconds.
    slow: Vec<(String, f64)>,
    /// How many were not run, since the command was told to end.
    left: usize,
}

impl<'a> Report<'a> {
    fn new(args: &'a Args) -> Self {
        Self {
            args,
            watch: Stopwatch::start(),
            worst: Verdict::Passed,
            passed: 0,
            failed: Vec::new(),
            slow: Vec::new(),
            left: 0,
        }
    }

    fn exit_code(&self) -> u8 {
        match self.worst {
            Verdict::Passed if self.left > 0 => INTERRUPTED,
            worst => worst.exit_code(),
        }
    }

    fn begin(&self, scenarios: &[Scenario], subject: &dyn Subject, jobs: usize) -> io::Result<()> {
        if screen::is_quiet() {
            return Ok(());
        }
        let count = scenarios.len();
        let seed = self
            .args
            .seed
            .map_or("each its own".to_owned(), |seed| seed.to_string());
        let title = format!("{count} scenarios against {}", subject.name());
        let title = paint(screen::BOLD, &title);
        writeln!(out(), "{title} (seed: {seed}; jobs: {jobs})\n")
    }

    fn add(&mut self, scenario: &Scenario, run: Run, seconds: f64) -> io::Result<()> {
        let verdict = run.verdict();
        self.worst = self.worst.max(verdict);
        if seconds > SLOW {
            self.slow.push((run.scenario.name.clone(), seconds));
        }
        if verdict == Verdict::Passed {
            self.passed += 1;
            if screen::is_quiet() {
                return Ok(());
            }
        }
        let story = scenario.story.lines().next().unwrap_or_default();
        let mut out = out();
        let name = format!("{:<38}", run.scenario.name);
        let taken = [&verdict.to_string(), &name].map(|word| word.chars().count());
        let story = screen::fitting(story, 5 + taken.iter().sum::<usize>());
        let (verdict_word, story) = (screen::verdict(verdict), paint(DIM, &story));
        writeln!(out, "  {verdict_word}  {name} {story}")?;
        if verdict == Verdict::Passed {
            if self.args.timeline || screen::is_verbose() {
                writeln!(out, "{}\n", screen::timeline(&run))?;
            }
            return Ok(());
        }
        for objection in timeline::objections(&run) {
            writeln!(out, "        {objection}")?;
        }
        self.failed.push(Rc::new(run));
        Ok(())
    }

    /// The scenarios that depend on what the emulator cannot do yet, or are for other functions: a
    /// line for all that follow each other and have the same reason.
    fn tell_waiting(&self, waiting: &[Scenario], subject: &dyn Subject) -> io::Result<()> {
        if screen::is_quiet() {
            return Ok(());
        }
        let why = |scenario: &Scenario| self.args.why_not(scenario, subject).unwrap_or_default();
        let told = waiting
            .iter()
            .map(|scenario| (&scenario.name, why(scenario)));
        let told: Vec<(&String, String)> = told.collect();
        for alike in told.chunk_by(|(_, one), (_, other)| one == other) {
            let [(first, why), more @ ..] = alike else {
                continue;
            };
            let name = match more.len() {
                0 => first.to_string(),
                more => format!("{first} and {more} more"),
            };
            let word = paint(DIM, &Verdict::Skipped.to_string());
            // As wide as the lines of those that ran, whose words are mostly shorter.
            writeln!(out(), "  {word}  {name:<37} {why}")?;
        }
        Ok(())
    }

    fn end(&self, waiting: usize) -> io::Result<()> {
        let mut out = out();
        for run in self.failed.iter().take(TOLD_IN_FULL) {
            writeln!(out, "\n{}", paint(screen::BOLD, &run.scenario.name))?;
            writeln!(out, "{}", screen::timeline(run))?;
        }
        let failed = self.failed.len();
        let waiting = match waiting {
            0 => String::new(),
            waiting => format!(", {waiting} skipped"),
        };
        if failed > 1 {
            writeln!(out, "\n{}", paint(screen::BOLD, "failed"))?;
            for run in &self.failed {
                let verdict = screen::verdict(run.verdict());
                writeln!(out, "  {verdict}  {}", run.scenario.name)?;
            }
        }
        for (name, seconds) in &self.slow {
            writeln!(out, "slow: {name} took {seconds:.1} s")?;
        }
        if self.left > 0 {
            writeln!(out, "ended early: {} were not run", self.left)?;
        }
        let seconds = self.watch.seconds();
        let passed = self.passed;
        writeln!(
            out,
            "\n{passed} passed, {failed} failed{waiting} in {seconds:.1} s"
        )?;
        let Some(first) = self.failed.first() else {
            return Ok(());
        };
        if failed > TOLD_IN_FULL {
            writeln!(out, "{} timelines are not shown", failed - TOLD_IN_FULL)?;
        }
        writeln!(out, "reproduce with: {}", self.replay_command(first))
    }

    fn replay_command(&self, run: &Run) -> String {
        let file = run
            .scenario
            .file
            .as_ref()
            .map(|file| file.to_string_lossy());
        let scenario = quoted(&file.unwrap_or_else(|| run.scenario.name.as_str().into()));
        let seed = self.args.seed.map(|seed| format!(" --seed {seed}"));
        let (seed, function) = (seed.unwrap_or_default(), self.args.function.again());
        format!("{} replay {scenario}{seed}{function}", program())
    }
}
