//! What all searches share: their options, their course, their report and their exit code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keywheel::clock::{Pace, Stopwatch};
use keywheel::explore::campaign::{Children, Crew};
use keywheel::explore::finding::enter_findings;
use keywheel::explore::item::Item;
use keywheel::explore::judged::Judged;
use keywheel::explore::repeat::repeat;
use keywheel::explore::reproduce::reproduce;
use keywheel::explore::shard::{Asked, Shard};
use keywheel::explore::summary::{Plan, Summary, bound};
use keywheel::explore::tally::{Known, Tally};
use keywheel::invoked::{program, quoted};
use keywheel::output;
use keywheel::record::Class;
use keywheel::record::Verdict;
use keywheel::report::{artefact, campaign as told, case, page};
use keywheel::subject::Subject;
use keywheel_emulator::fault::Span;
use serde_json::Value;

use super::exit::Failure;
use super::reports::{self, Report, Told};
use super::screen::{BOLD, GREEN, RED, out, paint};
use super::subjects::Function;
use super::test;
use super::watch::{INTERRUPTED, bar, stop_flag};

/// The options of every search.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) function: Function,
    /// From which everything random is drawn.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many runs at once [default: the processors of this machine].
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Part I of N, from 1; or auto, as Slurm, AWS Batch, Kubernetes or a CI matrix has set it;
    /// or auto/N, where the scheduler does not tell of how many.
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    shard: Asked,
    /// Where findings are written.
    #[arg(long, value_name = "FOLDER", default_value = "keywheel-findings")]
    out: PathBuf,
    /// A report for machines: json=FILE, junit=FILE, tap=FILE, html=FILE or github; may
    /// be repeated.
    #[arg(long, value_name = "FORM")]
    report: Vec<Report>,
    /// Print what became of each fault kind at each operation.
    #[arg(long)]
    ledger: bool,
}

/// The real time that a search may take which would end by itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Budget {
    /// End after so long in real time, such as 5m, with what is known by then [default: go on to
    /// the end].
    #[arg(long = "for", id = "time", value_name = "DURATION")]
    time: Option<Span>,
}

/// The bound in which a plan tells of its time.
pub(crate) const TIME: &str = "for";

impl Budget {
    /// A flag that is set when the time is up, or by a signal.
    pub(crate) fn stop_flag(&self) -> Arc<AtomicBool> {
        stop_flag(self.time.map(Span::to_duration))
    }

    /// Bounds, with that of time where there is one.
    pub(crate) fn among<const N: usize>(
        &self,
        bounds: [(&str, Value); N],
    ) -> BTreeMap<String, Value> {
        let time = self.time.map(|time| (TIME, Value::from(time.to_string())));
        let all = bounds.into_iter().chain(time);
        all.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A campaign that is ready to run.
pub(crate) struct Campaign<'a> {
    pub(crate) plan: Plan,
    /// What it runs, in a few words.
    pub(crate) about: String,
    pub(crate) roots: Box<dyn Iterator<Item = Item> + Send + 'a>,
    /// Runs that have been made already, to be counted only.
    pub(crate) done: Vec<(Item, Judged)>,
    /// How many runs there are, if that is known.
    pub(crate) total: Option<u64>,
    pub(crate) children: Children<'a>,
    pub(crate) known: Known,
    /// Are the branches of a root dealt out to the shards one by one, or with their root? Roots of
    /// branches that are dealt out are run by all shards, and counted by one.
    pub(crate) deals_branches: bool,
    /// Does it go on until it is stopped, so that it is whole whenever that is?
    pub(crate) is_endless: bool,
    /// Set when it has to end with what it knows.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Options {
    /// The function under test, if what is found can be kept: a search may take hours.
    pub(crate) fn subject(&self) -> Result<Arc<dyn Subject>, Failure> {
        self.check_out()?;
        reports::check(&self.report)?;
        self.function.find()
    }

    /// Threads.
    pub(crate) fn jobs(&self, subject: &dyn Subject) -> usize {
        test::jobs(self.jobs, subject)
    }

    fn shard(&self) -> Result<Shard, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        let shard = self.shard.resolve(variable);
        shard.map_err(|error| Failure::usage(error.to_string()))
    }

    /// Runs a campaign, reports it and gives the exit code.
    pub(crate) fn carry_out(&self, campaign: Campaign<'_>) -> Result<ExitCode, Failure> {
        let (subject, shard) = (self.subject()?, self.shard()?);
        let (subject, jobs) = (&*subject, self.jobs(&*subject));
        // A reader that has gone away does not change the verdict.
        let _ = self.begin(&campaign, shard, jobs);
        let watch = Stopwatch::start();
        let mut tally = self.explore(campaign, subject, shard);
        enter_findings(&mut tally, subject, jobs);
        let samples = tally.take_samples();
        tally.summary.repeats = repeat(samples, subject, jobs);
        let summary = tally.summary;
        let _ = self.end(&summary, watch);
        let cases = case::of_campaign(&summary);
        let told = Told {
            mode: summary.plan.mode.as_str(),
            function: self.function.name(),
            cases: &cases,
            summary: Some(&summary),
            findings: &|| page::of_campaign(&summary, &|finding| reproduce(finding, subject).ok()),
        };
        let written = reports::write(&self.report, &told);
        let written = written.and(self.leave(&summary, subject));
        reports::after(written, exit_code(&summary))
    }

    /// Finds out whether findings can be written, and leaves no trace of it.
    fn check_out(&self) -> Result<(), Failure> {
        let is_new = !self.out.exists();
        let checked = output::check_folder(&self.out).map_err(|error| {
            let folder = self.out.display();
            Failure::usage(format!("--out: cannot write to {folder}: {error}"))
        });
        if is_new {
            // It comes again with the first finding.
            let _ = std::fs::remove_dir(&self.out);
        }
        checked
    }

    fn begin(&self, campaign: &Campaign<'_>, shard: Shard, jobs: usize) -> io::Result<()> {
        let plan = &campaign.plan;
        let title = format!("{} of {}", plan.mode, plan.function);
        let bounds: String = plan
            .bounds
            .iter()
            .map(|(name, value)| format!("{name}: {}; ", bound(value)))
            .collect();
        writeln!(
            out(),
            "{}: {}\n({bounds}seed: {}; jobs: {jobs}; shard: {shard})\n",
            paint(BOLD, &title),
            campaign.about,
            plan.seed
        )
    }

    fn explore(&self, campaign: Campaign<'_>, subject: &dyn Subject, shard: Shard) -> Tally {
        let stop = &*campaign.stop;
        let summary = Summary::new(campaign.plan, shard);
        let crew = Crew {
            subject,
            jobs: self.jobs(subject),
            stop,
            seed: self.seed,
        };
        let bar = bar(
            campaign.total.map(|total| total / u64::from(shard.of)),
            "runs",
        );
        let mut tally = Tally::new(summary, campaign.known);
        let deals_branches = campaign.deals_branches;
        let is_own = |item: &Item| {
            let branch = item.index.branch_number().filter(|_| deals_branches);
            shard.has(item.index.root_number() + branch.unwrap_or(0))
        };
        let is_run =
            |item: &Item| is_own(item) || (deals_branches && item.index.branch_number().is_none());
        let roots = campaign.roots.filter(is_run);
        let children = |item: &Item, judged: &Judged| {
            let mut children = (campaign.children)(item, judged);
            children.retain(is_own);
            children
        };
        let mut news = News::of(subject.pace());
        let mut observe = |item: &Item, judged: Judged| {
            if !is_own(item) {
                return;
            }
            let told = news.of_run(item, &judged);
            if !told.is_empty() {
                // A reader that has gone away does not end the search.
                bar.suspend(|| write!(out(), "{told}")).ok();
            }
            tally.add(item, judged);
            bar.inc(1);
            if bar.length().is_some_and(|length| bar.position() > length) {
                bar.inc_length(1);
            }
            if tally.summary.failed > 0 {
                bar.set_message(format!("; {} failed", tally.summary.failed));
            }
        };
        for (item, judged) in campaign.done {
            observe(&item, judged);
        }
        crew.explore(roots, &children, &mut observe);
        bar.finish_and_clear();
        tally.summary.is_cut_short = !campaign.is_endless && stop.load(Ordering::Relaxed);
        tally
    }

    fn end(&self, summary: &Summary, watch: Stopwatch) -> io::Result<()> {
        let mut out = out();
        write!(out, "{}", told::findings(summary))?;
        if self.ledger {
            writeln!(out, "{}", told::ledger(summary))?;
        }
        write!(out, "{}", told::evidence(summary))?;
        if summary.is_cut_short {
            let told = "stopped before its end: this is what was known by then";
            writeln!(out, "{told}")?;
        }
        let passed = format!("{} passed", summary.runs - summary.failed);
        let failed = format!("{} failed", summary.failed);
        let failed = if summary.failed == 0 {
            failed
        } else {
            paint(RED, &failed)
        };
        let seconds = watch.seconds();
        writeln!(
            out,
            "\n{} runs in {seconds:.1} s: {}, {failed}; {} findings",
            summary.runs,
            paint(GREEN, &passed),
            summary.findings.len()
        )
    }

    /// Writes the findings, and ends with the command that shows the first again.
    fn leave(&self, summary: &Summary, subject: &dyn Subject) -> Result<(), Failure> {
        let again = |finding: &_| reproduce(finding, subject).map_err(|error| error.to_string());
        let written = artefact::write(&self.out, summary, &again);
        let files = written.map_err(|error| match error {
            artefact::ArtefactError::Io { .. } => Failure::usage(error.to_string()),
            artefact::ArtefactError::Unreadable { .. } => Failure::internal(error.to_string()),
        })?;
        if let Some(file) = files.first() {
            let program = program();
            let (file, again) = (quoted(&file.to_string_lossy()), self.function.again());
            let _ = writeln!(out(), "reproduce with: {program} replay {file}{again}");
        }
        Ok(())
    }
}

/// What is told of a search while it goes on, where its runs take real time: every way to fail when
/// it is first seen, and now and then how far it is.
struct News {
    pace: Pace,
    seen: BTreeSet<Class>,
    runs: u64,
    /// Since something was last told.
    silence: Stopwatch,
}

/// So many seconds pass without a word at most.
const SILENCE_SECONDS: f64 = 30.0;

impl News {
    fn of(pace: Pace) -> Self {
        Self {
            pace,
            seen: BTreeSet::new(),
            runs: 0,
            silence: Stopwatch::start(),
        }
    }

    fn of_run(&mut self, item: &Item, judged: &Judged) -> String {
        self.runs += 1;
        let mut told = String::new();
        if self.pace == Pace::Virtual {
            return told;
        }
        for (class, text) in &judged.failures {
            if self.seen.insert(class.clone()) {
                told += &format!("  {} {text}\n", paint(RED, "found"));
                for order in item.orders() {
                    told += &format!("        by {order}\n");
                }
            }
        }
        let is_silent = told.is_empty() && self.silence.seconds() > SILENCE_SECONDS;
        if is_silent {
            told = format!("  {} runs so far\n", self.runs);
        }
        if !told.is_empty() {
            self.silence = Stopwatch::start();
        }
        told
    }
}

/// The exit code of a campaign.
pub(crate) fn exit_code(summary: &Summary) -> u8 {
    let verdicts = summary.findings.iter();
    let worst = verdicts.map(|finding| finding.class.verdict()).max();
    // Whoever gave it a time wants no more than that.
    let is_interrupted = summary.is_cut_short && !summary.plan.bounds.contains_key(TIME);
    let is_idle = summary.not_triggered > 0 || !told::not_triggered(summary).is_empty();
    let is_idle = is_idle && told::is_strict(summary);
    if let Some(worst) = worst {
        return worst.exit_code();
    }
    match () {
        () if !summary.repeats.differing.is_empty() => 6,
        () if is_interrupted => INTERRUPTED,
        () if is_idle || !told::missed_marks(summary).is_empty() => {
            Verdict::FaultNotTriggered.exit_code()
        }
        () => 0,
    }
}
