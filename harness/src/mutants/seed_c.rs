//! The article's flow, variant S-C: the key is stored as AWSPENDING without the token.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, subject};
use super::seed::{self, Store};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &SeedC,
    bug: "stores the key as AWSPENDING without the token, and deletes the key that AWSCURRENT names",
    oracle: "served",
    scenario: "happy/h1-first-rotation",
};

const STORE: Store = Store {
    with_token: false,
    label: Some("AWSPENDING"),
};

#[derive(Clone, Copy)]
struct SeedC;

impl Flow for SeedC {
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
subject!(SeedC, "seed-c");
