//! `keywheel interleave`: a step at once with itself, or a whole rotation at once with others, in
//! every order of the calls.

use std::process::ExitCode;

use keywheel::explore::coverage::Mode;
use keywheel::explore::interleave::{Bounds, Unit, children, roots};
use keywheel::explore::summary::{PREEMPTIONS, Plan};
use keywheel::explore::tally::Known;
use serde_json::Value;

use super::campaign::{Budget, Campaign, Options};
use super::exit::Failure;
use super::sweep;

/// Options of `keywheel interleave`. Of each scenario the steps of the last rotation are doubled
/// [default: a first rotation, and one that had to start over].
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whole rotations instead of steps: a rotation at once with a second delivery of all its steps,
    /// with that of another secret with keys of the same API, or with a person who does something.
    #[arg(long)]
    whole: bool,
    /// How often one may be interrupted that could go on, or all [default: all for two invocations
    /// of a step, 2 for three and for whole rotations; with --faults 2, or 1].
    #[arg(long, value_name = "N|all")]
    preemptions: Option<Preemptions>,
    /// How many run at once, 2 or 3.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=3))]
    actors: u32,
    /// Each order also with one fault at each of its calls.
    #[arg(long)]
    faults: bool,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    options: Options,
}

impl Args {
    /// The bound that is asked for, or the one that ends within minutes.
    fn preemptions(&self) -> Option<u32> {
        let is_simple = self.actors == 2 && !self.whole;
        let usual = match (is_simple, self.faults) {
            (true, false) => None,
            (true, true) | (false, false) => Some(2),
            (false, true) => Some(1),
        };
        self.preemptions.map_or(usual, |asked| asked.0)
    }
}

/// A bound, or none.
#[derive(Clone, Copy, Debug)]
struct Preemptions(Option<u32>);

impl std::str::FromStr for Preemptions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self(None)),
            _ => text
                .parse()
                .map(|most| Self(Some(most)))
                .map_err(|_| "write a whole number, or all".to_owned()),
        }
    }
}

/// The builtin bases whose rotations differ in what two invocations can do to each other.
const BASES: [&str; 2] = ["first", "retry"];

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let options = &args.options;
    if !options.subject()?.tells_callers_apart() {
        return Err(Failure::usage(format!(
            "--function {}: of invocations that run at once behind a URL it cannot be told which \
             makes a call, so that their calls cannot be put in an order; run the function with \
             process:COMMAND",
            options.function.name()
        )));
    }
    let stop = args.budget.stop_flag();
    let scenarios = options.function.scenarios();
    let mut bases = sweep::bases(options)?;
    if scenarios.is_empty() {
        bases.retain(|base| BASES.contains(&base.name.as_str()));
    }
    sweep::undisturbed(&bases, options)?;
    let unit = if args.whole {
        Unit::Rotation
    } else {
        Unit::Step
    };
    let bounds = Bounds {
        preemptions: args.preemptions(),
        unit,
        actors: args.actors,
        with_faults: args.faults,
    };
    let preemptions = bounds.preemptions.map_or("all".into(), Value::from);
    let names: Vec<&str> = bases.iter().map(|base| base.name.as_str()).collect();
    let named = [
        ("actors", args.actors.into()),
        ("bases", names.join(",").into()),
        ("faults", args.faults.into()),
        (PREEMPTIONS, preemptions),
        ("unit", if args.whole { "rotation" } else { "step" }.into()),
    ];
    let roots = roots(&bases, bounds);
    options.carry_out(Campaign {
        plan: Plan {
            mode: Mode::Interleave,
            function: options.function.name().to_owned(),
            seed: options.seed,
            bounds: args.budget.among(named),
        },
        about: match unit {
            Unit::Step => format!(
                "each step {} times at once in {} baselines",
                args.actors,
                names.len()
            ),
            Unit::Rotation => format!(
                "a whole rotation and others, {} in all, at once in {} baselines",
                args.actors,
                names.len()
            ),
        },
        roots: Box::new(roots.into_iter()),
        total: None,
        done: Vec::new(),
        children: &|item, judged| children(item, judged, bounds),
        known: Known::default(),
        deals_branches: true,
        is_endless: false,
        stop,
    })
}
