//! The article's flow, variant S-B: the key is stored without token and labels, so that it is current at once.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, subject};
use super::seed::{self, Store};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &SeedB,
    bug: "stores the key without token and labels: untested, it is current at once, and the old one is dead",
    oracle: "served",
    scenario: "happy/h1-first-rotation",
};

const STORE: Store = Store {
    with_token: false,
    label: None,
};

#[derive(Clone, Copy)]
struct SeedB;

impl Flow for SeedB {
    fn create<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(seed::create(tools, event))
    }

    fn set<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(seed::set(tools, event, STORE))
    }

    fn test<'a>(&'a self, _tools: &'a Tools, _event: &'a Event) -> Doing<'a> {
        Box::pin(async { seed::test() })
    }

    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(seed::finish(tools, event))
    }
}
subject!(SeedB, "seed-b");
