//! finishSecret that never retires a key.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, promote, subject};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &ForgetsRetirement,
    bug: "finishSecret never retires a key",
    oracle: "no-orphan",
    scenario: "happy/h4-third-rotation",
};

#[derive(Clone, Copy)]
struct ForgetsRetirement;

impl Flow for ForgetsRetirement {
    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(promote(tools, event))
    }
}
subject!(ForgetsRetirement, "forgets-retirement");
