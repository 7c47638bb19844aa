//! createSecret that never looks for a key that an earlier attempt has made.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, create_with, subject};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &NoAdoption,
    bug: "never looks for a key that an earlier attempt has made",
    oracle: "bounded-keys",
    scenario: "crash/c1-create",
};

#[derive(Clone, Copy)]
struct NoAdoption;

impl Flow for NoAdoption {
    fn create<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(create_with(tools, event, None))
    }
}
subject!(NoAdoption, "no-adoption");
