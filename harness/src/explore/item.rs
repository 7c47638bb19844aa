//! One run of a campaign, and its place in the campaign's order.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scenario::{Located, Scenario, Statement};

/// The place of an item: its root's number in the plan, then the way down from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Index(Vec<u32>);

impl Index {
    /// The place of a root.
    pub fn root(number: u32) -> Self {
        Self(vec![number])
    }

    /// The place of a root's or another item's child.
    pub fn child(&self, number: u32) -> Self {
        let mut place = self.0.clone();
        place.push(number);
        Self(place)
    }

    /// The number of the root.
    pub fn root_number(&self) -> u32 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The number of the branch from the root; none for a root.
    pub fn branch_number(&self) -> Option<u32> {
        self.0.get(1).copied()
    }

    /// A number for draws: the same for the same place, well mixed by whoever draws.
    pub fn as_number(&self) -> u64 {
        let fold = |number: u64, part: &u32| number.wrapping_mul(1_000_003) + u64::from(*part) + 1;
        self.0.iter().fold(0, fold)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// A scenario to run, and what the campaign must know of it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its place.
    pub index: Index,
    /// The scenario, which expects nothing of the outcome: oracles judge it.
    pub scenario: Scenario,
    /// The course that the scenario leaves, by the name of its base.
    pub base: String,
    /// The operation or the step that is struck first, for reports.
    pub operation: Option<String>,
    /// The statements before this one belong to the base.
    pub at: usize,
    /// How many statements from there on are the item's own.
    pub orders: usize,
}

impl Item {
    /// What the item adds to its base.
    pub fn orders(&self) -> impl Iterator<Item = &Statement> {
        let own = self.scenario.statements.iter().skip(self.at);
        own.take(self.orders).map(|located| &located.value)
    }

    /// This item with one more order, as its child of that number.
    pub fn with(&self, number: u32, order: Statement) -> Self {
        let mut child = self.clone();
        child.index = self.index.child(number);
        let place = self.at + self.orders;
        child
            .scenario
            .statements
            .insert(place, Located::nowhere(order));
        child.orders += 1;
        child
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_as_the_plan_is() {
        let root = Index::root(3);
        assert!(Index::root(2) < root && root < root.child(0));
        assert!(root.child(1) < Index::root(4));
        assert_eq!(root.child(1).to_string(), "3.1");
        assert_ne!(root.child(1).as_number(), root.as_number());
    }
}
