//! `keywheel sweep`: every call × every fault kind, and pairs of them.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keywheel::clock::Pace;
use keywheel::explore::base::{self, Base};
use keywheel::explore::campaign::{Crew, has_given_up};
use keywheel::explore::coverage::Mode;
use keywheel::explore::item::Item;
use keywheel::explore::judged::Judged;
use keywheel::explore::order::widely;
use keywheel::explore::summary::Plan;
use keywheel::explore::sweep::{Discovery, Pairs, clean};
use keywheel::explore::tally::Known;
use keywheel::scenario::{Holds, Scenario};
use keywheel::suite;
use serde_json::Value;

use super::campaign::{Budget, Campaign, Options};
use super::exit::Failure;
use super::watch::bar;

/// Options of `keywheel sweep`. Faults are injected into the last rotation of each scenario [default: a first,
/// second and third rotation, and one that had to start over].
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many faults a run has: 1, or 2 for pairs as well.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    depth: u8,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    options: Options,
}

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let options = &args.options;
    let subject = &*options.subject()?;
    let stop = args.budget.stop_flag();
    let bases = bases(options)?;
    let clean = clean_runs(&bases, options)?;
    if clean.iter().any(|judged| !judged.failures.is_empty()) {
        return fails_already(&bases, clean, options, stop);
    }
    let discovery = Discovery::after(bases, clean, subject, options.jobs(subject));
    let mut known = Known::default();
    for (item, judged) in discovery.clean_items().iter().zip(&discovery.clean) {
        known.learn(item, judged);
    }
    let (items, done) = match subject.pace() {
        Pace::Virtual => (discovery.items(), Vec::new()),
        Pace::Real => {
            let (mut items, done) = discovery.items_and_done();
            widely(&mut items);
            (items, done)
        }
    };
    let places = discovery.places();
    let orders = items.len() + done.len();
    let (done, roots) = match args.depth {
        1 => (done, items),
        _ => {
            let mut singles = singles(items, options, &stop, &mut known)?;
            singles.extend(done);
            singles.sort_by(|(one, _), (other, _)| one.index.cmp(&other.index));
            let pairs = pairs(&singles);
            (singles, pairs)
        }
    };
    let told = match args.depth {
        1 => String::new(),
        _ => format!(", {} pairs of them", roots.len()),
    };
    let about = format!(
        "{places} calls in {} baselines, {orders} injections{told}",
        discovery.clean.len(),
    );
    let names: Vec<&str> = discovery.bases().collect();
    let bounds = [
        ("bases", Value::from(names.join(","))),
        ("depth", Value::from(args.depth)),
    ];
    options.carry_out(Campaign {
        plan: Plan {
            mode: Mode::Sweep,
            function: options.function.name().to_owned(),
            seed: options.seed,
            bounds: args.budget.among(bounds),
        },
        about,
        total: Some(done.len() as u64 + roots.len() as u64),
        done,
        roots: Box::new(roots.into_iter()),
        children: &|_, _| Vec::new(),
        known,
        deals_branches: args.depth == 2,
        is_endless: false,
        stop,
    })
}

/// The bases of a search: those of the files, or those that are there for what the function
/// rotates.
pub(crate) fn bases(options: &Options) -> Result<Vec<Base>, Failure> {
    let (files, seed) = (options.function.scenarios(), options.seed);
    let mut bases = if files.is_empty() {
        base::of(options.subject()?.holds().unwrap_or(Holds::Password))
    } else {
        let scenarios =
            suite::read_chosen(&files).map_err(|error| Failure::usage(error.to_string()))?;
        scenarios
            .into_iter()
            .map(base_of)
            .collect::<Result<_, _>>()?
    };
    for base in &mut bases {
        base.scenario.seed = seed;
        let before = base.scenario.statements.len();
        options.function.spare(&mut base.scenario)?;
        base.at += base.scenario.statements.len() - before;
        options.function.aim(&mut base.scenario.world);
    }
    Ok(bases)
}

/// The bases as they run without a fault.
fn clean_runs(bases: &[Base], options: &Options) -> Result<Vec<Judged>, Failure> {
    let subject = &*options.subject()?;
    let clean = clean(bases, subject, options.jobs(subject));
    if has_given_up(subject.pace()) {
        let text =
            "stopped before a rotation that nothing disturbs had ended: nothing is known yet";
        return Err(Failure::interrupted(text));
    }
    Ok(clean)
}

/// Reports the runs without a fault, some of which fail: no fault is to blame, and nothing else is
/// tried.
fn fails_already(
    bases: &[Base],
    clean: Vec<Judged>,
    options: &Options,
    stop: Arc<AtomicBool>,
) -> Result<ExitCode, Failure> {
    let names: Vec<&str> = bases.iter().map(|base| base.name.as_str()).collect();
    let bounds = [("bases", Value::from(names.join(",")))];
    let items = bases.iter().map(|base| base.item(0, &[]));
    options.carry_out(Campaign {
        plan: Plan {
            mode: Mode::Sweep,
            function: options.function.name().to_owned(),
            seed: options.seed,
            bounds: bounds.map(|(name, value)| (name.to_owned(), value)).into(),
        },
        about: "a rotation that nothing disturbs fails already: nothing else is tried".to_owned(),
        total: Some(bases.len() as u64),
        done: items.zip(clean).collect(),
        roots: Box::new(std::iter::empty()),
        children: &|_, _| Vec::new(),
        known: Known::default(),
        deals_branches: false,
        is_endless: false,
        stop,
    })
}

/// The bases as they run without a fault: where that fails already, no fault is to blame, and nothing
/// else is tried.
pub(crate) fn undisturbed(bases: &[Base], options: &Options) -> Result<Vec<Judged>, Failure> {
    let clean = clean_runs(bases, options)?;
    let failed = bases
        .iter()
        .zip(&clean)
        .find(|(_, judged)| !judged.failures.is_empty());
    let Some((base, judged)) = failed else {
        return Ok(clean);
    };
    let mut told = format!(
        "{}: a rotation that nothing disturbs fails already, so that nothing else was tried:",
        base.name
    );
    for failure in judged.failures.values() {
        told += &format!("\n  {failure}");
    }
    Err(Failure::violated(told))
}

fn base_of(scenario: Scenario) -> Result<Base, Failure> {
    let name = scenario.name.clone();
    Base::new(scenario).ok_or_else(|| {
        Failure::usage(format!(
            "{name}: nothing rotates in it, so that no fault can be injected; add a line rotate"
        ))
    })
}

/// Runs all single orders, whatever the shard: which pairs are worth trying follows from them.
fn singles(
    items: Vec<Item>,
    options: &Options,
    stop: &AtomicBool,
    known: &mut Known,
) -> Result<Vec<(Item, Judged)>, Failure> {
    let bar = bar(Some(items.len() as u64), "runs before the pairs");
    let subject = &*options.subject()?;
    let crew = Crew {
        subject,
        jobs: options.jobs(subject),
        stop,
        seed: options.seed,
    };
    let mut singles: Vec<(Item, Judged)> = Vec::with_capacity(items.len());
    crew.explore(
        items.into_iter(),
        &|_, _| Vec::new(),
        &mut |item, judged| {
            known.learn(item, &judged);
            singles.push((item.clone(), judged));
            bar.inc(1);
        },
    );
    bar.finish_and_clear();
    singles.sort_by(|(one, _), (other, _)| one.index.cmp(&other.index));
    Ok(singles)
}

/// The pairs that are worth trying.
fn pairs(singles: &[(Item, Judged)]) -> Vec<Item> {
    let pairs = Pairs::of(singles);
    singles
        .iter()
        .flat_map(|(item, _)| pairs.children(item))
        .collect()
}
