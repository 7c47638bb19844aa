//! In which order the runs of a campaign are made where each takes real time: one that ends early
//! must have been everywhere.

use std::collections::BTreeMap;

use keywheel_emulator::fault::Verdict;

use crate::scenario::Statement;

use super::item::Item;

/// Each kind of disturbance at each step before the next of its sort, and before all those that
/// somebody must wait for.
pub fn widely(items: &mut [Item]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    items.sort_by_cached_key(|item| {
        let nth = seen.entry(sort_of(item)).or_default();
        *nth += 1;
        (item.orders().any(is_slow), *nth, item.index.clone())
    });
}

/// The step and the kind of what is ordered first.
fn sort_of(item: &Item) -> String {
    match item.orders().next() {
        Some(Statement::Fault(rule)) => {
            let step = rule.address.step.map_or("any", |step| step.as_str());
            format!("{step} {}", rule.verdict.word())
        }
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Is it a fault that a client waits out?
fn is_slow(order: &Statement) -> bool {
    let Statement::Fault(rule) = order else {
        return false;
    };
    matches!(
        rule.verdict,
        Verdict::Hang | Verdict::AnswerHang | Verdict::Delay(_) | Verdict::Freeze(_)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::explore::base::builtin;
    use crate::explore::sweep::Discovery;
    use crate::subject::builtin::Builtin;

    #[test]
    fn the_first_runs_reach_every_step_and_none_of_them_waits() {
        let bases = builtin().into_iter().take(1).collect();
        let mut items = Discovery::of(bases, &Builtin, 1).items();
        let all = items.len();
        widely(&mut items);
        assert_eq!(items.len(), all);
        let first = &items[..all / 8];
        assert!(!first.iter().any(|item| item.orders().any(is_slow)));
        let steps: BTreeSet<_> = first
            .iter()
            .flat_map(Item::orders)
            .filter_map(|order| match order {
                Statement::Fault(rule) => rule.address.step,
                _ => None,
            })
            .collect();
        assert_eq!(steps.len(), 4, "{steps:?}");
    }
}
