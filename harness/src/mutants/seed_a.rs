//! The article's flow, variant S-A: the key is stored under the token, which holds a password.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, subject};
use super::seed::{self, Store};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &SeedA,
    bug: "stores the key under a token that already holds a password: each attempt leaks a key",
    oracle: "bounded-keys",
    scenario: "happy/h1-first-rotation",
};

const STORE: Store = Store {
    with_token: true,
    label: Some("AWSPENDING"),
};

#[derive(Clone, Copy)]
struct SeedA;

impl Flow for SeedA {
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
subject!(SeedA, "seed-a");
