//! The right rotator itself: what is caught in the others, and not in it, is their bug.

use std::sync::Arc;

use crate::subject::{Function, FunctionFailure, Subject, Surroundings};

use super::flow::Flow;
use super::right::Rotator;

/// The rotator that every mutant but the original article's is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

struct Right;

impl Flow for Right {}

const ROTATOR: Rotator = Rotator {
    name: "plain",
    flow: &Right,
};

impl Subject for Plain {
    fn name(&self) -> &'static str {
        ROTATOR.name
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        ROTATOR.start(surroundings)
    }
}
