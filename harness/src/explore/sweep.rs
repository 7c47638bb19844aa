//! Every call × every fault kind, found from clean runs and from runs that were led off their way;
//! then pairs.

use std::collections::{BTreeMap, BTreeSet};

use keywheel_emulator::fault::{Address, Rule, Times};
use keywheel_emulator::ids::Step;

use crate::scenario::Statement;
use crate::subject::Subject;

use super::base::Base;
use super::campaign::has_given_up;
use super::course::Later;
use super::item::Item;
use super::judged::Judged;
use super::kinds;
use super::ordered::in_order;

/// What clean and scouting runs have shown: the plan of a sweep follows from it.
#[derive(Debug)]
pub struct Discovery {
    bases: Vec<Base>,
    /// Each base's clean run.
    pub clean: Vec<Judged>,
    /// Calls, each with its base and the orders that lead to it.
    places: Vec<Place>,
    /// What the scouts showed, by the base and the orders.
    scouted: BTreeMap<(usize, String), Judged>,
    /// How many runs it took.
    pub runs: u64,
}

/// A call that can be struck.
#[derive(Clone, Debug)]
struct Place {
    base: usize,
    carrier: Vec<Statement>,
    at: Address,
}

/// Each base without orders: what fails there is no fault's doing.
pub fn clean(bases: &[Base], subject: &dyn Subject, jobs: usize) -> Vec<Judged> {
    in_order(jobs, bases, |base| {
        Judged::of(&base.item(0, &[]), subject, false)
    })
}

impl Discovery {
    /// Runs every base clean, then scouts from each of its calls.
    pub fn of(bases: Vec<Base>, subject: &dyn Subject, jobs: usize) -> Self {
        let clean = clean(&bases, subject, jobs);
        Self::after(bases, clean, subject, jobs)
    }

    /// The same, from clean runs of the bases that have been made.
    pub fn after(bases: Vec<Base>, clean: Vec<Judged>, subject: &dyn Subject, jobs: usize) -> Self {
        let mut found = Self {
            runs: clean.len() as u64,
            bases,
            clean,
            places: Vec::new(),
            scouted: BTreeMap::new(),
        };
        let mut known: BTreeSet<String> = BTreeSet::new();
        for (base, judged) in found.clean.iter().enumerate() {
            known.extend(judged.points.iter().map(Address::to_string));
            found.places.extend(judged.points.iter().map(|at| Place {
                base,
                carrier: Vec::new(),
                at: at.clone(),
            }));
        }
        let new = found.scout(&mut known, subject, jobs);
        found.places.extend(new);
        found
    }

    /// The calls that no clean run makes, each with the first fault that leads to it. What only two
    /// faults in a row lead to is for pairs to find.
    fn scout(
        &mut self,
        known: &mut BTreeSet<String>,
        subject: &dyn Subject,
        jobs: usize,
    ) -> Vec<Place> {
        let scouts: Vec<(usize, Vec<Statement>)> = self
            .places
            .iter()
            .flat_map(|place| {
                let orders = kinds::scouts(&place.at).into_iter();
                orders.map(|order| (place.base, place.with(order)))
            })
            .collect();
        self.runs += scouts.len() as u64;
        let runs = in_order(jobs, &scouts, |(base, orders)| {
            let judged = Judged::of(&self.bases[*base].item(0, orders), subject, false);
            // One that was given up shows nothing.
            (!has_given_up(subject.pace())).then_some(judged)
        });
        let mut new = Vec::new();
        for ((base, carrier), judged) in scouts.into_iter().zip(runs) {
            let Some(judged) = judged else { continue };
            for at in &judged.points {
                if known.insert(at.to_string()) {
                    let (carrier, at) = (carrier.clone(), at.clone());
                    new.push(Place { base, carrier, at });
                }
            }
            self.scouted.insert((base, written(&carrier)), judged);
        }
        new
    }

    /// The items of a sweep of single orders, in the plan's order.
    pub fn items(&self) -> Vec<Item> {
        let mut planned: Vec<(usize, Vec<Statement>)> = Vec::new();
        for base in 0..self.bases.len() {
            planned.push((base, Vec::new()));
            let holds = self.bases[base].scenario.world.holds;
            let steps = Step::ALL.into_iter();
            let events = steps.flat_map(|step| kinds::events(step, holds));
            planned.extend(events.map(|order| (base, vec![order])));
        }
        for place in &self.places {
            let orders = kinds::faults(&place.at).into_iter();
            // Behind another fault the transient form, which the SDK hides, shows nothing new.
            let orders =
                orders.filter(|order| place.carrier.is_empty() || kinds::is_lasting(order));
            planned.extend(orders.map(|order| (place.base, place.with(order))));
        }
        let items = planned.into_iter().zip(0..);
        items
            .map(|((base, orders), number)| self.bases[base].item(number, &orders))
            .collect()
    }

    /// The same, those apart that have been run already.
    pub fn items_and_done(&self) -> (Vec<Item>, Vec<(Item, Judged)>) {
        let (mut items, mut done) = (Vec::new(), Vec::new());
        for item in self.items() {
            let base = self.bases.iter().position(|base| base.name == item.base);
            let orders: Vec<Statement> = item.orders().cloned().collect();
            let known = base.and_then(|base| match &orders[..] {
                [] => self.clean.get(base),
                orders => self.scouted.get(&(base, written(orders))),
            });
            match known.cloned() {
                Some(judged) => done.push((item, judged)),
                None => items.push(item),
            }
        }
        (items, done)
    }

    /// The bases without orders, as they were run.
    pub fn clean_items(&self) -> Vec<Item> {
        self.bases.iter().map(|base| base.item(0, &[])).collect()
    }

    /// How many calls can be struck.
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// The names of the bases.
    pub fn bases(&self) -> impl Iterator<Item = &str> {
        self.bases.iter().map(|base| base.name.as_str())
    }
}

/// Orders as they are written.
fn written(orders: &[Statement]) -> String {
    let lines: Vec<String> = orders.iter().map(Statement::to_string).collect();
    lines.join("\n")
}

impl Place {
    fn with(&self, order: Statement) -> Vec<Statement> {
        let mut orders = self.carrier.clone();
        orders.push(order);
        orders
    }
}

/// Is it one fault that the function has seen? A rule that strikes several times is, if the SDK's
/// retries made one of them; else it is several faults in a row, which are not for pairs.
fn is_single(rule: &Rule, judged: &Judged) -> bool {
    rule.times == Times::ONCE || judged.triggered.iter().any(|fault| !fault.has_reached)
}

/// Which pairs are tried. Of single faults that lead to the same course one stands for all, and of
/// calls after them at which a second fault finds the same situation too.
#[derive(Debug, Default)]
pub struct Pairs {
    /// By the number of the first fault's run.
    calls: BTreeMap<u32, Vec<Address>>,
    seconds: BTreeMap<(Option<Step>, String), Vec<Statement>>,
}

impl Pairs {
    /// Chooses from the runs of all single orders.
    pub fn of(singles: &[(Item, Judged)]) -> Self {
        let mut pairs = Self::default();
        let (mut courses, mut situations) = (BTreeSet::new(), BTreeSet::new());
        for (item, judged) in singles {
            let is_new = courses.insert((item.base.as_str(), judged.course));
            let orders: Vec<_> = item.orders().collect();
            let [Statement::Fault(first)] = orders[..] else {
                continue;
            };
            if !is_new || !is_single(first, judged) {
                continue;
            }
            let untried = |later: &&Later| {
                let left = first.times.left_after(later.triggered);
                situations.insert((item.base.as_str(), later.situation, left))
            };
            let calls = judged.later_points.iter().filter(untried);
            let calls = calls.map(|later| later.at.clone()).collect();
            pairs.calls.insert(item.index.root_number(), calls);
            pairs.learn_second(item);
        }
        pairs
    }

    /// A kind that led somewhere of its own at an operation is worth trying there again.
    fn learn_second(&mut self, item: &Item) {
        let Some(Statement::Fault(rule)) = item.orders().next() else {
            return;
        };
        let place = (rule.address.step, rule.address.operation.clone());
        let known = self.seconds.entry(place).or_default();
        let is_known = known.iter().any(|order| {
            matches!(order, Statement::Fault(other) if other.verdict == rule.verdict && other.times == rule.times)
        });
        if !is_known {
            known.push(Statement::Fault(rule.clone()));
        }
    }

    /// The pairs that a single order's run leads to.
    pub fn children(&self, item: &Item) -> Vec<Item> {
        let calls = self.calls.get(&item.index.root_number());
        let Some(calls) = calls.filter(|_| item.orders == 1) else {
            return Vec::new();
        };
        let seconds = calls.iter().flat_map(|at| self.seconds_at(at));
        let numbered = seconds.zip(0..);
        numbered
            .map(|(order, number)| item.with(number, order))
            .collect()
    }

    fn seconds_at(&self, at: &Address) -> Vec<Statement> {
        let place = (at.step, at.operation.clone());
        let Some(known) = self.seconds.get(&place) else {
            return kinds::scouts(at);
        };
        let moved = known.iter().cloned().map(|mut order| {
            if let Statement::Fault(rule) = &mut order {
                rule.address = at.clone();
            }
            order
        });
        moved.collect()
    }
}
