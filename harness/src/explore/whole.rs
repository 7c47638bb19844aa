//! Whole rotations at once: a rotation beside a second delivery of all its steps, beside the
//! rotation of another secret with keys of the same API, beside a person, and two of these.

use keywheel_emulator::ids::Step;

use crate::scenario::{AdminAction, Companion, Holds, Statement};

use super::base::Base;
use super::item::Item;
use super::kinds;

/// Somebody who runs at once with a rotation.
#[derive(Clone, Debug)]
enum Other {
    Delivery,
    Secret,
    Person(AdminAction),
}

/// The first order of each base and company: one after the other.
pub(super) fn roots(bases: &[Base], actors: u32) -> Vec<Item> {
    let companies = |base: &Base| -> Vec<Vec<Other>> {
        let others = others(base);
        match actors {
            2 => others.into_iter().map(|other| vec![other]).collect(),
            _ => pairs(&others),
        }
    };
    let places = bases.iter().flat_map(|base| {
        let companies = companies(base).into_iter();
        companies.map(move |company| (base, company))
    });
    let numbered = places.zip(0..);
    numbered
        .map(|((base, company), number)| item(base, &company, number))
        .collect()
}

fn others(base: &Base) -> Vec<Other> {
    let mut others = vec![Other::Delivery];
    // Passwords have no API to share, and a scenario that has several secrets has its own mind.
    if base.scenario.world.holds == Holds::Key && base.scenario.world.secrets == 1 {
        others.push(Other::Secret);
    }
    others.extend(
        kinds::people(Step::FinishSecret, base.scenario.world.holds)
            .into_iter()
            .map(Other::Person),
    );
    others
}

/// Two of them at once, but no two people: what one does after the other is for the random search.
fn pairs(others: &[Other]) -> Vec<Vec<Other>> {
    let is_person = |other: &Other| matches!(other, Other::Person(_));
    let firsts = others
        .iter()
        .enumerate()
        .filter(|(_, other)| !is_person(other));
    let pairs = firsts.flat_map(|(at, first)| {
        let seconds = others[at..].iter();
        seconds.map(move |second| vec![first.clone(), second.clone()])
    });
    pairs.collect()
}

fn item(base: &Base, company: &[Other], number: u32) -> Item {
    let mut orders = vec![Statement::Turns {
        order: "a".to_owned(),
    }];
    orders.extend(company.iter().filter_map(Other::order));
    let mut item = base.item(number, &orders);
    let secrets = company
        .iter()
        .filter(|other| matches!(other, Other::Secret));
    let secrets = u32::try_from(secrets.count()).unwrap_or(u32::MAX);
    if secrets > 0 {
        item.scenario.world.secrets += secrets;
        rotate_all(&mut item);
    }
    let names: Vec<String> = company.iter().map(Other::name).collect();
    item.operation = Some(names.join("+"));
    item
}

/// The rotation that the orders are for is one of all secrets.
fn rotate_all(item: &mut Item) {
    let following = item.scenario.statements.iter_mut().skip(item.at);
    for located in following {
        if let Statement::Rotate { secret, token, .. } = &mut located.value {
            "all".clone_into(secret);
            *token = None;
        }
    }
}

impl Other {
    fn order(&self) -> Option<Statement> {
        match self {
            Self::Delivery => Some(Statement::Beside(Companion::Delivery)),
            Self::Person(action) => Some(Statement::Beside(Companion::Admin(action.clone()))),
            Self::Secret => None,
        }
    }

    /// What reports call it.
    fn name(&self) -> String {
        match self {
            Self::Delivery => "delivery".to_owned(),
            Self::Secret => "secret".to_owned(),
            Self::Person(action) => action.to_string().replace(' ', "-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::explore::base::builtin;
    use crate::explore::judged::Judged;
    use crate::subject::builtin::Builtin;

    #[test]
    fn everybody_of_a_company_has_turns_and_no_order_is_left_unused() {
        for (actors, letters) in [(2, "ab"), (3, "abc")] {
            let items = roots(&builtin()[..1], actors);
            assert!(items.len() > 8, "{} companies", items.len());
            for item in items {
                let judged = Judged::of(&item, &Builtin, false);
                let went: BTreeSet<u8> = judged.turns.iter().map(|turn| turn.went).collect();
                assert_eq!(went, letters.bytes().collect(), "{:?}", item.operation);
                assert_eq!(judged.not_triggered, 0, "{:?}", item.operation);
                assert!(
                    judged.failures.is_empty(),
                    "{:?}: {:?}",
                    item.operation,
                    judged.failures
                );
            }
        }
    }

    #[test]
    fn a_company_is_named_by_those_beside_the_rotation() {
        let names: Vec<String> = roots(&builtin()[..1], 3)
            .into_iter()
            .filter_map(|item| item.operation)
            .collect();
        assert!(names.contains(&"delivery+secret".to_owned()), "{names:?}");
        assert!(
            names.contains(&"secret+cancel-rotation".to_owned()),
            "{names:?}"
        );
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }

    #[test]
    fn passwords_share_no_api() {
        let mut base = builtin().remove(0);
        base.scenario.world.holds = Holds::Password;
        let names = roots(&[base], 2)
            .into_iter()
            .filter_map(|item| item.operation);
        assert!(!names.collect::<Vec<_>>().contains(&"secret".to_owned()));
    }
}
