//! `keywheel fuzz` and `keywheel soak`: random scenarios, and long lives of a world.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keywheel::explore::coverage::Mode;
use keywheel::explore::fuzz::{item_on, life};
use keywheel::explore::generate::Ground;
use keywheel::explore::item::Item;
use keywheel::explore::summary::Plan;
use keywheel::explore::tally::Known;
use keywheel::scenario::Holds;
use keywheel_emulator::fault::Span;
use serde_json::Value;

use super::campaign::{Campaign, Options, TIME};
use super::exit::Failure;
use super::sweep;
use super::watch::stop_flag;

/// How long a random campaign goes on.
#[derive(Debug, clap::Args)]
struct Length {
    /// How many runs.
    #[arg(long, value_name = "N", conflicts_with = "time")]
    runs: Option<u32>,
    /// How long in real time, such as 5m.
    #[arg(long = "for", id = "time", value_name = "DURATION")]
    time: Option<Span>,
}

impl Length {
    /// A flag that is set when the time is up, or by a signal.
    fn stop_flag(&self) -> Arc<AtomicBool> {
        stop_flag(self.time.map(Span::to_duration))
    }
}

/// Options of `keywheel fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct FuzzArgs {
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    options: Options,
}

/// Options of `keywheel soak`.
#[derive(Debug, clap::Args)]
pub(crate) struct SoakArgs {
    /// Rotations in each world.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=5000))]
    rotations: u16,
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    options: Options,
}

/// Runs of a fuzz, and worlds of a soak, where nobody says how many.
const FUZZ_RUNS: u32 = 1_000;
const SOAK_WORLDS: u32 = 4;

/// Runs `keywheel fuzz`.
pub(crate) fn fuzz(args: &FuzzArgs) -> Result<ExitCode, Failure> {
    let seed = args.options.seed;
    let about = "random worlds, faults, repeated steps and people";
    let stop = args.length.stop_flag();
    let ground = ground(&args.options)?;
    let draw = move |number| item_on(&ground, seed, number);
    let drawing = Drawing {
        mode: Mode::Fuzz,
        about,
        usual: FUZZ_RUNS,
        bound: None,
        stop,
    };
    run(drawing, &args.options, &args.length, draw)
}

/// What is drawn for: the builtin rotator's worlds and calls, or the world of the scenario that is
/// named, or of what the function rotates, with the calls that a clean rotation makes there.
fn ground(options: &Options) -> Result<Ground, Failure> {
    let is_usual = options.subject()?.holds() == Some(Holds::Key);
    if is_usual && options.function.scenarios().is_empty() {
        return Ok(Ground::default());
    }
    let mut bases = sweep::bases(options)?;
    bases.truncate(1);
    let clean = sweep::undisturbed(&bases, options)?;
    let (base, judged) = (&bases[0], &clean[0]);
    let ground = Ground::of(base.scenario.world.clone(), &judged.points);
    ground.ok_or_else(|| {
        Failure::usage(format!(
            "{}: the function makes no call in it that the emulator sees; does it read \
             AWS_ENDPOINT_URL?",
            base.name
        ))
    })
}

/// Runs `keywheel soak`.
pub(crate) fn soak(args: &SoakArgs) -> Result<ExitCode, Failure> {
    let (seed, rotations) = (args.options.seed, args.rotations);
    let about = format!("worlds that live through {rotations} disturbed rotations each");
    let stop = args.length.stop_flag();
    let ground = ground(&args.options)?;
    let draw = move |number| life(&ground, seed, number, usize::from(rotations));
    let bound = Some(("rotations", Value::from(rotations)));
    let drawing = Drawing {
        mode: Mode::Soak,
        about: &about,
        usual: SOAK_WORLDS,
        bound,
        stop,
    };
    run(drawing, &args.options, &args.length, draw)
}

/// What is drawn, and what is said of it.
struct Drawing<'a> {
    mode: Mode,
    about: &'a str,
    usual: u32,
    bound: Option<(&'a str, Value)>,
    stop: Arc<AtomicBool>,
}

fn run(
    drawing: Drawing<'_>,
    options: &Options,
    length: &Length,
    draw: impl Fn(u32) -> Item + Send,
) -> Result<ExitCode, Failure> {
    let Drawing {
        mode,
        about,
        usual,
        bound,
        stop,
    } = drawing;
    let runs = match length.time {
        None => length.runs.unwrap_or(usual),
        Some(_) => u32::MAX,
    };
    let told = match length.time {
        None => ("runs", Value::from(runs)),
        Some(time) => (TIME, Value::from(time.to_string())),
    };
    let bounds = bound.into_iter().chain([told]);
    options.carry_out(Campaign {
        plan: Plan {
            mode,
            function: options.function.name().to_owned(),
            seed: options.seed,
            bounds: bounds
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
        },
        about: about.to_owned(),
        roots: Box::new((0..runs).map(draw)),
        total: length.time.is_none().then_some(u64::from(runs)),
        done: Vec::new(),
        children: &|_, _| Vec::new(),
        known: Known::default(),
        deals_branches: false,
        is_endless: length.time.is_some(),
        stop,
    })
}
