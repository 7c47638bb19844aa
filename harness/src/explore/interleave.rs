//! Every order in which the calls of a step that is delivered twice can happen; for three at once,
//! and for whole rotations, all orders with few preemptions. Optionally each of them with one fault.
//!
//! The search is stateless: a run tells at each of its choices who else could have gone, and each
//! of those begins a branch of its own. So every order is run once, and none is forgotten.

use keywheel_emulator::ids::Step;

use crate::history::Turn;
use crate::scenario::{Located, Statement, Twice};

use super::base::Base;
use super::item::Item;
use super::judged::Judged;
use super::kinds;
use super::whole;

/// What is explored.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How often an invocation may be interrupted that could go on; no bound if absent.
    pub preemptions: Option<u32>,
    /// What runs at once.
    pub unit: Unit,
    /// How many run at once, 2 or 3.
    pub actors: u32,
    /// Is each order also tried with one fault?
    pub with_faults: bool,
}

/// What runs at once with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A step, with itself.
    Step,
    /// A whole rotation, with a second delivery of it, another secret's, or a person.
    Rotation,
}

/// The first order of each base and of what runs at once in it: one after the other.
pub fn roots(bases: &[Base], bounds: Bounds) -> Vec<Item> {
    match bounds.unit {
        Unit::Step => steps(bases, bounds),
        Unit::Rotation => whole::roots(bases, bounds.actors),
    }
}

fn steps(bases: &[Base], bounds: Bounds) -> Vec<Item> {
    let places = bases
        .iter()
        .flat_map(|base| Step::ALL.map(|step| (base, step)));
    let numbered = places.zip(0..);
    numbered
        .map(|((base, step), number)| {
            let turns = Statement::Turns {
                order: first_order(bounds),
            };
            let double = Statement::Double {
                step,
                how: Twice::AtOnce,
            };
            let mut item = base.item(number, &[turns, double]);
            item.operation = Some(step.to_string());
            item
        })
        .collect()
}

/// The letters that say how many there are, and nothing else that would not happen anyway.
fn first_order(bounds: Bounds) -> String {
    if bounds.actors > 2 {
        "aabc".to_owned()
    } else {
        "a".to_owned()
    }
}

/// The branches that a run opens: other turns where there was a choice that this branch has not
/// made, and faults, if asked for.
pub fn children(item: &Item, judged: &Judged, bounds: Bounds) -> Vec<Item> {
    let Some((at, order)) = order_of(item) else {
        return Vec::new();
    };
    if item
        .orders()
        .any(|order| matches!(order, Statement::Fault(_)))
    {
        return Vec::new(); // A fault has been added: its branch ends here.
    }
    let fixed = if is_root(item) { 0 } else { order.len() };
    let branches = others(&judged.turns, fixed, bounds)
        .into_iter()
        .map(|order| {
            let mut branch = item.clone();
            branch.scenario.statements[at] = Located::nowhere(Statement::Turns { order });
            branch
        });
    let mut children: Vec<Item> = branches.collect();
    if bounds.with_faults {
        let orders = judged.points.iter().flat_map(kinds::scouts);
        children.extend(orders.map(|order| item.with(0, order)));
    }
    for (child, number) in children.iter_mut().zip(0..) {
        child.index = item.index.child(number);
    }
    children
}

fn is_root(item: &Item) -> bool {
    item.index == super::item::Index::root(item.index.root_number())
}

fn order_of(item: &Item) -> Option<(usize, &str)> {
    let lines = item.scenario.statements.iter().enumerate();
    let mut orders = lines.filter_map(|(at, located)| match &located.value {
        Statement::Turns { order } => Some((at, order.as_str())),
        _ => None,
    });
    orders.next()
}

/// The orders that part from this run's at a choice from the `fixed`-th on.
fn others(turns: &[Turn], fixed: usize, bounds: Bounds) -> Vec<String> {
    let mut orders = Vec::new();
    for (at, turn) in turns.iter().enumerate().skip(fixed) {
        let so_far = || turns[..at].iter().map(|turn| turn.went);
        for other in turn.parked.iter().filter(|letter| **letter != turn.went) {
            let order: Vec<u8> = so_far().chain([*other]).collect();
            let preemptions =
                preemptions(&turns[..at]) + u32::from(preempts(&turns[..at], turn, *other));
            if bounds.preemptions.is_none_or(|most| preemptions <= most) {
                orders.push(String::from_utf8_lossy(&order).into_owned());
            }
        }
    }
    orders
}

/// How often one that could go on had to wait.
fn preemptions(turns: &[Turn]) -> u32 {
    let interrupted =
        (0..turns.len()).filter(|at| preempts(&turns[..*at], &turns[*at], turns[*at].went));
    u32::try_from(interrupted.count()).unwrap_or(u32::MAX)
}

/// Is the one that went before parked, and does another go?
fn preempts(before: &[Turn], turn: &Turn, goes: u8) -> bool {
    before
        .last()
        .is_some_and(|last| last.went != goes && turn.parked.contains(&last.went))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::base::builtin;
    use crate::explore::campaign::Crew;
    use crate::subject::builtin::Builtin;
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicBool;

    /// The turns of every order of calls in testSecret, the step with the fewest.
    fn explored(bounds: Bounds) -> BTreeMap<String, Vec<Turn>> {
        let base = builtin().remove(0);
        let root = roots(&[base], bounds).remove(2);
        let (go_on, mut seen) = (AtomicBool::new(false), BTreeMap::new());
        let crew = Crew {
            subject: &Builtin,
            jobs: 2,
            stop: &go_on,
            seed: 1,
        };
        let children = |item: &Item, judged: &Judged| children(item, judged, bounds);
        crew.explore([root].into_iter(), &children, &mut |_, judged| {
            assert!(judged.failures.is_empty(), "{:?}", judged.failures);
            let went = judged.turns.iter().map(|turn| turn.went).collect();
            let is_again = seen.insert(String::from_utf8(went).unwrap(), judged.turns);
            assert_eq!(is_again, None, "no order is run twice");
        });
        seen
    }

    fn bounds(preemptions: Option<u32>) -> Bounds {
        Bounds {
            preemptions,
            unit: Unit::Step,
            actors: 2,
            with_faults: false,
        }
    }

    #[test]
    fn no_order_is_left_out() {
        let seen = explored(bounds(None));
        assert!(seen.len() > 20, "{seen:?}");
        for (order, turns) in &seen {
            for (at, turn) in turns.iter().enumerate() {
                for other in &turn.parked {
                    let beginning = format!("{}{}", &order[..at], char::from(*other));
                    let is_run = seen.keys().any(|order| order.starts_with(&beginning));
                    assert!(is_run, "{beginning}… was never run");
                }
            }
        }
    }

    #[test]
    fn a_bound_leaves_orders_out_and_none_leaves_few() {
        let count = |preemptions| explored(bounds(preemptions)).len();
        let (none, one, all) = (count(Some(0)), count(Some(1)), count(None));
        assert!(2 <= none && none < one && one < all, "{none} {one} {all}");
    }
}
