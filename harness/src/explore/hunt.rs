//! Looks for a run that tells a known-bad function from the right one: in the scenarios that
//! people wrote, then by search, the cheapest way first.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::mutants::{Mutant, Plain};
use crate::record::Class;
use crate::run::run;
use crate::scenario::Scenario;
use crate::subject::Subject;

use super::base::builtin;
use super::fuzz;
use super::interleave::{Bounds, Unit, children, roots};
use super::item::Item;
use super::judged::Judged;
use super::shrink::Lab;
use super::sweep::Discovery;

/// How much each way of searching may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Orders of doubled steps.
    pub orders: usize,
    /// Random scenarios.
    pub draws: u32,
    /// From which they are drawn.
    pub seed: u64,
}

/// The run in which a mutant was caught.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The mode, as its command is called.
    pub mode: &'static str,
    /// How many runs of the mutant it took, this one included.
    pub runs: u64,
    /// What its oracle says.
    pub objection: String,
    /// The smallest scenario in which the oracle says so of the mutant and not of the right one.
    pub minimal: Scenario,
}

/// How the search for a mutant ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Its oracle objects to it.
    Caught(Box<Catch>),
    /// No mode found a run in which it does.
    Survived,
    /// The search was told to stop before its end.
    Unfinished,
}

impl Outcome {
    /// The run in which it was caught, if it was.
    pub fn caught(&self) -> Option<&Catch> {
        match self {
            Self::Caught(caught) => Some(caught),
            Self::Survived | Self::Unfinished => None,
        }
    }
}

/// A search for one mutant.
struct Hunt<'a> {
    mutant: &'a Mutant,
    control: &'a dyn Subject,
    stop: &'a AtomicBool,
    runs: u64,
}

/// Looks for a run in which the mutant's oracle objects to it, and not to the rotator that the
/// mutant was made of, until `stop` is set.
pub fn hunt(mutant: &Mutant, suite: &[Scenario], budget: Budget, stop: &AtomicBool) -> Outcome {
    let mut hunt = Hunt {
        mutant,
        control: &Plain,
        stop,
        runs: 0,
    };
    let caught = hunt
        .in_test(suite)
        .or_else(|| hunt.in_sweep())
        .or_else(|| hunt.in_interleave(budget.orders))
        .or_else(|| hunt.in_fuzz(budget));
    match caught {
        Some(caught) => Outcome::Caught(Box::new(caught)),
        None if hunt.is_stopped() => Outcome::Unfinished,
        None => Outcome::Survived,
    }
}

impl Hunt<'_> {
    fn in_test(&mut self, suite: &[Scenario]) -> Option<Catch> {
        let own = |scenario: &&Scenario| scenario.function.is_none() && scenario.needs.is_none();
        let mut scenarios = suite.iter().filter(own);
        scenarios.find_map(|scenario| self.shown_by("test", scenario))
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn in_sweep(&mut self) -> Option<Catch> {
        if self.is_stopped() {
            return None;
        }
        let discovery = Discovery::of(builtin(), self.mutant.subject, 1);
        self.runs += discovery.runs;
        let mut items = discovery.items().into_iter();
        items.find_map(|item| self.shown_by("sweep", &item.scenario))
    }

    fn in_interleave(&mut self, orders: usize) -> Option<Catch> {
        let bounds = Bounds {
            preemptions: Some(2),
            unit: Unit::Step,
            actors: 2,
            with_faults: false,
        };
        let mut waiting: Vec<Item> = roots(&builtin(), bounds);
        for _ in 0..orders {
            if self.is_stopped() {
                return None;
            }
            let item = waiting.pop()?;
            if let Some(caught) = self.shown_by("interleave", &item.scenario) {
                return Some(caught);
            }
            let judged = Judged::of(&item, self.mutant.subject, false);
            waiting.extend(children(&item, &judged, bounds));
        }
        None
    }

    fn in_fuzz(&mut self, budget: Budget) -> Option<Catch> {
        let mut items = (0..budget.draws).map(|number| fuzz::item(budget.seed, number));
        items.find_map(|item| self.shown_by("fuzz", &item.scenario))
    }

    fn shown_by(&mut self, mode: &'static str, scenario: &Scenario) -> Option<Catch> {
        if self.is_stopped() {
            return None;
        }
        self.runs += 1;
        let class = shown_in(self.mutant, self.control, scenario)?;
        let mut lab = Lab::new(self.mutant.subject, class).against(self.control);
        let mut minimal = lab.shrink(scenario);
        let objection = lab.objection(&minimal);
        minimal.story.clone_from(&objection);
        Some(Catch {
            mode,
            runs: self.runs,
            objection,
            minimal,
        })
    }
}

/// What the mutant's oracle objects to in a scenario, if it does not object to the same in the
/// control.
pub fn shown_in(mutant: &Mutant, control: &dyn Subject, scenario: &Scenario) -> Option<Class> {
    let bad = run(scenario, mutant.subject);
    let mut own = Class::all_in(&bad).filter(|(class, _)| class.objector == mutant.caught_by);
    let (first, _) = own.next()?;
    let good = run(scenario, control);
    let is_new = |class: &Class| Class::all_in(&good).all(|(known, _)| known != *class);
    if is_new(&first) {
        return Some(first);
    }
    own.map(|(class, _)| class).find(is_new)
}
